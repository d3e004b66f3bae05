"""Files that come with a form, and files that are made on the way: from bytes to a row of the site."""

import io
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol, cast

from litestar.datastructures import UploadFile

from folkmoot.store.files.errors import UploadRefused
from folkmoot.store.files.inspecting import NOTHING
from folkmoot.store.files.keeping import Wanted, keep, take_in
from folkmoot.store.files.kinds import Group
from folkmoot.store.files.models import CORE, FileRow
from folkmoot.store.scoping import SiteSession
from folkmoot.web.desk import Desk
from folkmoot.web.platform import Platform
from folkmoot.web.request import Request

LARGEST = 10_000_000


class Place(Protocol):
    """A request or a desk: the site, and what the process shares."""

    @property
    def platform(self) -> Platform:
        """What the process shares."""

    @property
    def site(self) -> Any:
        """The site."""

    def now(self) -> Any:
        """Return the instant, aware and in UTC."""

    def writing(self) -> Any:
        """Open a session of the site for writing."""


async def receive_upload(
    request: Request,
    field: str,
    *,
    purpose: str,
    allowed: Sequence[Group] = (),
    largest: int = LARGEST,
    owner: str = CORE,
    public: bool = False,
) -> FileRow:
    """Take the file of a form's field in, without making a file of it: that is done by ``keep_file`` in your session.

    What is not kept within a day is swept away.

    :param purpose: what it is for, such as ``consultation document``
    :param allowed: groups of kinds that are taken, such as ``PICTURES``; anything when empty
    :param largest: bytes; the route's ``max_body`` must be a little more
    :param owner: the name of your plugin
    :raises UploadRefused: with the one sentence that says why it is not taken
    """
    upload = (await request.fields()).get(field)
    if not isinstance(upload, UploadFile):
        raise UploadRefused(NOTHING)
    declared = next((value for name, value in upload.headers.items() if name.lower() == "content-type"), "")
    wanted = Wanted(purpose=purpose, allowed=allowed, largest=largest, owner=owner, public=public)
    try:
        return await take_in(
            request.platform.keeping,
            request.site.id,
            cast("BinaryIO", upload.file),
            name=upload.filename,
            declared=declared,
            wanted=wanted,
        )
    finally:
        await upload.close()


async def keep_file(place: Place, session: SiteSession, file: FileRow) -> FileRow:
    """Make a file of what was taken in, in your writing session; it is one if and only if you commit."""
    return await keep(session, file.id, scanned=place.platform.keeping.scanner is not None, at=place.now())


async def keep_upload(
    request: Request,
    field: str,
    *,
    purpose: str,
    allowed: Sequence[Group] = (),
    largest: int = LARGEST,
    owner: str = CORE,
    public: bool = False,
) -> FileRow:
    """Keep the file of a form's field, and return its row; the parameters are those of ``receive_upload``."""
    taken = await receive_upload(
        request, field, purpose=purpose, allowed=allowed, largest=largest, owner=owner, public=public
    )
    return await _keep(request, taken)


async def keep_content(desk: Desk | Request, content: bytes, *, name: str, wanted: Wanted) -> FileRow:
    """Keep bytes that a program made as a file, under the same rules as what people upload."""
    taken = await take_in(desk.platform.keeping, desk.site.id, io.BytesIO(content), name=name, wanted=wanted)
    return await _keep(desk, taken)


async def _keep(place: Place, taken: FileRow) -> FileRow:
    async with place.writing() as session:
        row = await keep_file(place, session, taken)
        await session.commit()
    return row
