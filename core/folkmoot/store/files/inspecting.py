"""Whether a file is taken: its size, its content, and whether its name and its declared type tell the truth."""

from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from folkmoot.store.files.errors import UploadRefused
from folkmoot.store.files.kinds import (
    BY_EXTENSION,
    DOCX,
    KINDS,
    OLD_OFFICE,
    OLE,
    PPTX,
    TEXT,
    TEXTS,
    UNKNOWN,
    XLS,
    XLSX,
    Group,
    title_of,
)
from folkmoot.store.files.names import clean_name, extension
from folkmoot.store.files.sniffing import sniff
from folkmoot.store.files.words import N_

NOTHING = N_("Select a file")
EMPTY = N_("The selected file is empty")
TOO_LARGE = N_("The selected file must be smaller than %(limit)s")
WRONG_KIND = N_("The selected file must be %(kinds)s")
OTHERWISE = N_("The name of the selected file says that it is %(named)s, and its content is %(found)s")
DECLARED = N_("The selected file was sent as %(named)s, and its content is %(found)s")
LOCKED = N_("The selected file is protected by a password: save it without one, then select it again")
# What browsers say when they do not know.
VAGUE = frozenset({"", UNKNOWN, "binary/octet-stream", "application/x-download", "application/force-download"})
ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/x-gzip": "application/gzip",
    "text/rtf": "application/rtf",
    "application/csv": "text/csv",
    "text/xml": "application/xml",
    "audio/mp3": "audio/mpeg",
    "text/json": "application/json",
    "application/x-msdownload": "application/x-executable",
}


class Inspected(NamedTuple):
    """A file that is taken: its cleaned name, and what it is."""

    name: str
    content_type: str


def inspect(
    file: BinaryIO, size: int, *, name: str, declared: str = "", allowed: Sequence[Group] = (), largest: int
) -> Inspected:
    """Return what a file is; raises ``UploadRefused`` with the one sentence that says why it is not taken.

    :param allowed: the groups of kinds that are taken; anything when empty
    :param largest: bytes
    """
    if size == 0:
        raise UploadRefused(EMPTY)
    if size > largest:
        raise UploadRefused(TOO_LARGE, {"limit": say_size(largest)})
    cleaned = clean_name(name)
    last = extension(cleaned)
    found = _refined(sniff(file, size), last)
    _refuse_false_name(found, last)
    _refuse_false_type(found, declared)
    if allowed and not any(found in group.kinds for group in allowed):
        raise UploadRefused(WRONG_KIND, {"kinds": tuple(group.title for group in allowed)})
    return Inspected(cleaned, found)


def say_size(size: int) -> str:
    """Return a size as people say it: “10MB”."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))}KB"
    shown = f"{size / 1_000_000:.1f}".removesuffix(".0")
    return f"{shown}MB"


def _refined(found: str, last: str) -> str:
    """Return the kind within a family whose content looks alike: there the name is all that tells them apart."""
    named = BY_EXTENSION.get(last)
    if found == TEXT and named in TEXTS:
        return named
    if found == OLE and named in OLD_OFFICE:
        return named
    return found


def _refuse_false_name(found: str, last: str) -> None:
    if found == OLE and last in {each for kind in (DOCX, XLSX, PPTX) for each in KINDS[kind].extensions}:
        raise UploadRefused(LOCKED)
    named = BY_EXTENSION.get(last)
    if named is not None and named != found:
        raise UploadRefused(OTHERWISE, {"named": title_of(named), "found": title_of(found)})


def _refuse_false_type(found: str, declared: str) -> None:
    said = declared.partition(";")[0].strip().lower()
    said = ALIASES.get(said, said)
    if said in VAGUE or said not in KINDS or said == found:
        return
    # Windows calls every CSV an Excel file, and what text is called is a matter of taste.
    texts = found in TEXTS and said in TEXTS | {XLS}
    if not texts and not (found in OLD_OFFICE and said in OLD_OFFICE):
        raise UploadRefused(DECLARED, {"named": title_of(said), "found": title_of(found)})
