"""Files for plugins: take uploads in, hand them out by signed links, delete them.

A file is private unless you say otherwise, and is handed out only when it is clean. Keep ``FileRow.id`` in your own
row; delete the file with ``delete_file`` in the transaction that deletes your row.
"""

from datetime import timedelta

from folkmoot.store.files.errors import StorageUnavailable, UploadRefused
from folkmoot.store.files.inspecting import say_size
from folkmoot.store.files.keeping import Wanted, delete_file, find_file, usage
from folkmoot.store.files.kinds import (
    DOCUMENTS,
    OFFICE,
    PICTURES,
    PLAIN,
    PRESENTATIONS,
    RECORDINGS,
    SPREADSHEETS,
    Group,
)
from folkmoot.store.files.links import VALID_FOR, file_path, signed_path
from folkmoot.store.files.models import FileRow, FileState
from folkmoot.web.desk import Desk
from folkmoot.web.file_answers import file_answer
from folkmoot.web.request import Request
from folkmoot.web.uploads import keep_content, keep_file, keep_upload, receive_upload

__all__ = [
    "DOCUMENTS",
    "OFFICE",
    "PICTURES",
    "PLAIN",
    "PRESENTATIONS",
    "RECORDINGS",
    "SPREADSHEETS",
    "FileRow",
    "FileState",
    "Group",
    "StorageUnavailable",
    "UploadRefused",
    "Wanted",
    "delete_file",
    "file_answer",
    "find_file",
    "keep_content",
    "keep_file",
    "keep_upload",
    "link",
    "receive_upload",
    "say_size",
    "usage",
]


def link(place: Request | Desk, file: FileRow, *, valid_for: timedelta = VALID_FOR, download: bool = False) -> str:
    """Return the address of a file on its site: as it is for a public one, else signed and good for some time.

    Whoever has a signed address can open the file until it expires, so show it only to people who may.

    :param download: whether the file is to be saved and never shown in place
    """
    if file.public:
        return file_path(file.id, "as=download" if download else "")
    key = place.platform.secret_key
    return signed_path(key, file.site_id, file.id, now=place.now(), valid_for=valid_for, download=download)
