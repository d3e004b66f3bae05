"""What a file is, by its content alone. Names and declared types are held against this, never the other way round."""

import codecs
import re
import struct
import zipfile
from typing import BinaryIO

from folkmoot.store.files.errors import UploadRefused
from folkmoot.store.files.kinds import (
    DOCX,
    HTML,
    MACROS,
    ODP,
    ODS,
    ODT,
    OLE,
    PPTX,
    PROGRAM,
    SVG,
    TEXT,
    UNKNOWN,
    XLSX,
    XML,
    ZIP,
)
from folkmoot.store.files.words import N_

HEAD = 64 * 1024
TAIL = 66_000
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xfe\xed\xfa\xcf", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"#!", PROGRAM),
    (b"<?php", PROGRAM),
)
INSIDE_ZIP = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX))
OPEN_DOCUMENTS = frozenset({ODT, ODS, ODP})
# Below this the library guesses from two or three bytes, and takes noise for rarities.
SURE = 0.8
CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
SCRIPT = re.compile(rb"<\s*(script|html|iframe|svg|body|\?php)\b", re.IGNORECASE)
WEB_PAGE = re.compile(r"<\s*(!doctype\s+html|html|head|body|script|iframe|img|meta|style|a|div|p)\b", re.IGNORECASE)
ROOT_HTML = re.compile(r"<(\w+:)?html\b", re.IGNORECASE)
END_OF_ZIP = b"PK\x05\x06"
MOST_PARTS = 10_000
LARGEST_CONTENT = 500_000_000
LARGEST_RATIO = 200

BOMB = N_("The selected file unpacks to more than this site can take")
DAMAGED = N_("The selected file is damaged: open it, save it again, then select the new file")
TWO_IN_ONE = N_("The selected file is two kinds of file in one, which this site does not take")


def sniff(file: BinaryIO, size: int) -> str:
    """Return the content type of what a file holds; raises ``UploadRefused`` for what is made to harm."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK"):
        return _zipped(file, size)
    kind = next((kind for start, kind in SIGNATURES if head.startswith(start)), None) or _shaped(head)
    if kind is None:
        kind = _text(head) or _rare(head)
    if kind != PROGRAM:
        _refuse_two_in_one(file, size, head, kind)
    return kind


def _shaped(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    return None


def _text(head: bytes) -> str | None:
    """Return the kind of text that this is, or ``None`` when it is none."""
    text = _decoded(head)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith("<"):
        return TEXT
    if re.search(r"<\s*(\w+:)?svg\b", start, re.IGNORECASE):
        return SVG
    if (ROOT_HTML if start.startswith("<?xml") else WEB_PAGE).search(start):
        return HTML
    return XML if re.match(r"<(\?xml|!--|[A-Za-z_])", start) else TEXT


def _decoded(head: bytes) -> str | None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            # Without the last character, which the end of what was read may have cut in two.
            return head[2 : len(head) // 2 * 2].decode(encoding, "ignore")
    if CONTROLS.search(head):
        return None
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # Spreadsheets on Windows still write CSV in this.
        return head.decode("cp1252", "replace") if head[:4].isascii() else None


def _rare(head: bytes) -> str:
    """Ask the library for what we have no rule for; it is only believed when it is sure."""
    import puremagic

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    sure = next((match.mime_type for match in found if match.confidence >= SURE and match.mime_type), UNKNOWN)
    return UNKNOWN if len(sure) > 100 or sure in {TEXT, HTML, SVG, XML} else sure


def _refuse_two_in_one(file: BinaryIO, size: int, head: bytes, kind: str) -> None:
    """Refuse what is also an archive, or what only seems a picture: each reader would see another file in it."""
    if kind.startswith("image/") and kind != SVG and SCRIPT.search(head[:4096]):
        raise UploadRefused(TWO_IN_ONE)
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(END_OF_ZIP)
    # An archive ends where its comment does; one that only stands inside of another file does not end it.
    if 0 <= at <= len(tail) - 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
        raise UploadRefused(TWO_IN_ONE)


def _zipped(file: BinaryIO, size: int) -> str:
    _refuse_long_directory(file, size)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            content = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or content > LARGEST_CONTENT or content > max(LARGEST_RATIO * size, 10_000_000):
                raise UploadRefused(BOMB)
            return _kind_of_zip(archive, {part.filename for part in parts})
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
        raise UploadRefused(DAMAGED) from None


def _refuse_long_directory(file: BinaryIO, size: int) -> None:
    """Refuse an archive of very many parts by what its end says, before its whole directory is read into memory."""
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(END_OF_ZIP)
    if at < 0 or len(tail) < at + 22:
        raise UploadRefused(DAMAGED)
    parts, length = struct.unpack_from("<HI", tail, at + 10)
    if parts > MOST_PARTS or length > 200 * MOST_PARTS:
        raise UploadRefused(BOMB)


def _kind_of_zip(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
        return MACROS
    for name, kind in INSIDE_ZIP:
        if name in names and "[Content_Types].xml" in names:
            return kind
    if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:
        declared = archive.read("mimetype").decode("ascii", "ignore").strip()
        return declared if declared in OPEN_DOCUMENTS else ZIP
    return PROGRAM if "META-INF/MANIFEST.MF" in names else ZIP
