"""Kinds of file that we know by their content, what they are called, and which of them a caller takes."""

from dataclasses import dataclass
from typing import Final

from folkmoot.store.files.words import N_

UNKNOWN: Final = "application/octet-stream"
TEXT, CSV, JSON, MARKDOWN = "text/plain", "text/csv", "application/json", "text/markdown"
HTML, SVG, XML = "text/html", "image/svg+xml", "application/xml"
PROGRAM = "application/x-executable"
ZIP, OLE = "application/zip", "application/x-ole-storage"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
DOCX, XLSX, PPTX = (
    f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.spreadsheetml.sheet",
    f"{_OFFICE}.presentationml.presentation",
)
_PROGRAMS = (
    "exe dll com scr msi bat cmd ps1 vbs vbe js jse mjs wsf wsh jar apk app sh py php phtml "
    "php5 phar pl rb cgi asp aspx jsp lnk url reg iso img dmg"
)
MACROS = "application/vnd.ms-office.macro-enabled"
ODT, ODS, ODP = f"{_OPEN}.text", f"{_OPEN}.spreadsheet", f"{_OPEN}.presentation"
DOC, XLS, PPT = "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what people call it, and the extensions it may have, the usual one first."""

    title: str
    extensions: tuple[str, ...]


KINDS: Final[dict[str, Kind]] = {
    "application/pdf": Kind(N_("a PDF"), (".pdf",)),
    "image/png": Kind(N_("a PNG picture"), (".png",)),
    "image/jpeg": Kind(N_("a JPEG picture"), (".jpg", ".jpeg", ".jpe", ".jfif")),
    "image/gif": Kind(N_("a GIF picture"), (".gif",)),
    "image/webp": Kind(N_("a WebP picture"), (".webp",)),
    TEXT: Kind(N_("plain text"), (".txt", ".text", ".log")),
    CSV: Kind(N_("a CSV file"), (".csv", ".tsv")),
    JSON: Kind(N_("a JSON file"), (".json", ".geojson")),
    MARKDOWN: Kind(N_("a Markdown file"), (".md", ".markdown")),
    DOCX: Kind(N_("a Word document"), (".docx",)),
    XLSX: Kind(N_("an Excel workbook"), (".xlsx",)),
    PPTX: Kind(N_("a PowerPoint presentation"), (".pptx",)),
    ODT: Kind(N_("an OpenDocument text"), (".odt",)),
    ODS: Kind(N_("an OpenDocument spreadsheet"), (".ods",)),
    ODP: Kind(N_("an OpenDocument presentation"), (".odp",)),
    DOC: Kind(N_("an older Word document"), (".doc",)),
    XLS: Kind(N_("an older Excel workbook"), (".xls",)),
    PPT: Kind(N_("an older PowerPoint presentation"), (".ppt",)),
    OLE: Kind(N_("an older Office file"), (".msg",)),
    MACROS: Kind(N_("an Office file with macros"), (".docm", ".xlsm", ".pptm", ".dotm", ".xltm")),
    "application/rtf": Kind(N_("a rich text file"), (".rtf",)),
    ZIP: Kind(N_("a ZIP archive"), (".zip",)),
    "application/gzip": Kind(N_("a gzip archive"), (".gz", ".tgz")),
    "video/mp4": Kind(N_("an MP4 video"), (".mp4", ".m4v")),
    "audio/mpeg": Kind(N_("an MP3 recording"), (".mp3",)),
    HTML: Kind(N_("a web page"), (".html", ".htm", ".xhtml", ".shtml", ".mht", ".hta")),
    SVG: Kind(N_("an SVG drawing"), (".svg", ".svgz")),
    XML: Kind(N_("an XML file"), (".xml", ".xsl", ".xslt")),
    PROGRAM: Kind(
        N_("a program"),
        tuple(f".{each}" for each in _PROGRAMS.split()),
    ),
}
SOMETHING_ELSE = N_("something else")
# What a browser may show in place: nothing in these can run in the site's name.
INLINE: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", TEXT})
BY_EXTENSION: Final = {each: kind for kind, known in KINDS.items() for each in known.extensions}
TEXTS: Final = frozenset({TEXT, CSV, JSON, MARKDOWN})
OLD_OFFICE: Final = frozenset({DOC, XLS, PPT, OLE})


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that a caller takes together, and what the sentence that asks for them calls them."""

    title: str
    kinds: frozenset[str]


PICTURES: Final = Group(
    N_("a picture (PNG, JPEG, GIF or WebP)"), frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
)
DOCUMENTS: Final = Group(
    N_("a document (PDF, Word, OpenDocument, rich text)"),
    frozenset({"application/pdf", DOCX, ODT, DOC, "application/rtf"}),
)
SPREADSHEETS: Final = Group(N_("a spreadsheet (Excel, OpenDocument, CSV)"), frozenset({XLSX, ODS, XLS, CSV}))
PRESENTATIONS: Final = Group(N_("a presentation (PowerPoint, OpenDocument)"), frozenset({PPTX, ODP, PPT}))
PLAIN: Final = Group(N_("plain text"), frozenset({TEXT, CSV, JSON, MARKDOWN}))
RECORDINGS: Final = Group(N_("a recording (MP4, MP3)"), frozenset({"video/mp4", "audio/mpeg"}))
OFFICE: Final = (DOCUMENTS, SPREADSHEETS, PRESENTATIONS, PICTURES, PLAIN)


def title_of(kind: str) -> str:
    """Return what people call a kind, marked for translation."""
    known = KINDS.get(kind)
    return known.title if known else SOMETHING_ELSE
