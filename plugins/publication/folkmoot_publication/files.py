"""From the bytes of a file to its text: which encodings are read, and what is said of other files."""

from folkmoot.api import N_, Fault, Unprocessable

# What a file begins with, whatever its name says.
NOT_TEXT = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
ONLY_MARKDOWN = N_(
    "This version reads publications from Markdown files (.md) only: save the document as Markdown first."
)
ONLY_CSV = N_("This version reads recommendations from CSV files only: save the spreadsheet as CSV first.")
UNKNOWN_LETTERS = N_("The letters of this file cannot be read: save it in the encoding UTF-8.")


def read_text(content: bytes, *, where: str, otherwise: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or Windows-1252, without the mark.

    :param where: the field that faults are told at
    :param otherwise: what is said of a file that is no text
    :raises Unprocessable: for files that are no text
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(NOT_TEXT) or b"\x00" in content:
        raise Unprocessable([Fault(where, otherwise)])
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unprocessable([Fault(where, UNKNOWN_LETTERS)])
