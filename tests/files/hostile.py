"""Uploads that are made to harm, each with what has to become of it."""

import io
import struct
import zipfile
from dataclasses import dataclass

from filing import PDF, PNG

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\0" * 40
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(document.cookie)</script></html>"


@dataclass(frozen=True)
class Hostile:
    """An upload, and either a part of the one sentence that refuses it or the name and kind under which it is kept."""

    id: str
    name: str
    content: bytes
    declared: str = ""
    says: str = ""
    kept: tuple[str, str] | None = None


def archive(*names: str, content: bytes = b"x", method: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as target:
        for name in names:
            target.writestr(name, content)
    return made.getvalue()


def bomb() -> bytes:
    """40 MB of nothing in 40 KB, as a Word document."""
    return archive("[Content_Types].xml", "word/document.xml", content=b"\0" * 20_000_000, method=zipfile.ZIP_DEFLATED)


def overlapping() -> bytes:
    """A directory in which every part is the same bytes of the file, declared as a gigabyte each."""
    made = bytearray(archive("a.xml", content=b"x" * 100))
    at = made.index(b"PK\x01\x02")
    entry = bytearray(made[at : made.index(b"PK\x05\x06")])
    entry[24:28] = struct.pack("<I", 1_000_000_000)
    directory = bytes(entry) * 300
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 300, 300, len(directory), at, 0)
    return bytes(made[:at]) + directory + end


def many_parts() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for number in range(10_500):
            target.writestr(f"{number}", b"")
    return made.getvalue()


def lying_end() -> bytes:
    """An end that says that the directory is huge."""
    return archive("a.txt")[:-22] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 0xFFFFFFF0, 0, 0)


CASES = (
    Hostile("web page", "page.html", HTML, "text/html", says="must be a document"),
    Hostile("web page named as text", "notes.txt", HTML, "text/plain", says="content is a web page"),
    Hostile("web page named as a picture", "photo.png", HTML, "image/png", says="content is a web page"),
    Hostile("drawing with a script", "logo.svg", SVG, "image/svg+xml", says="must be a document"),
    Hostile("drawing named as a picture", "logo.png", SVG, "image/png", says="content is an SVG drawing"),
    Hostile(
        "XML with a style sheet", "data.xml", b"<?xml version='1.0'?><?xml-stylesheet href='x'?><a:b/>", says="must be"
    ),
    Hostile("program for Windows", "setup.exe", b"MZ\x90\0" + b"\0" * 200, says="must be a document"),
    Hostile(
        "program named as a PDF",
        "report.pdf",
        b"MZ\x90\0" + b"\0" * 200,
        "application/pdf",
        says="content is a program",
    ),
    Hostile("two extensions", "invoice.pdf.exe", PDF, "application/pdf", says="it is a program"),
    Hostile(
        "the other extension last", "shell.php.pdf", PDF, "application/pdf", kept=("shell.php.pdf", "application/pdf")
    ),
    Hostile("script for a shell", "run.sh", b"#!/bin/sh\nrm -rf /\n", says="must be a document"),
    Hostile("text named as a script", "run.php", b"hello", says="it is a program"),
    Hostile("a PDF sent as a picture", "report.pdf", PDF, "image/png", says="was sent as a PNG picture"),
    Hostile(
        "a picture that is a web page too", "a.gif", GIF + b"/*<script>alert(1)</script>*/", says="two kinds of file"
    ),
    Hostile("a picture that is an archive too", "a.jpg", JPEG + archive("evil.class"), says="two kinds of file"),
    Hostile("a PDF that is an archive too", "a.pdf", PDF + archive("evil.html"), says="two kinds of file"),
    Hostile("Java archive", "a.zip", archive("META-INF/MANIFEST.MF"), says="its content is a program"),
    Hostile("plain archive", "a.zip", archive("../../etc/cron.d/evil"), says="must be a document"),
    Hostile(
        "Office file with macros",
        "a.docx",
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        says="with macros",
    ),
    Hostile("bomb", "report.docx", bomb(), says="unpacks to more"),
    Hostile("bomb of parts that overlap", "report.docx", overlapping(), says="unpacks to more"),
    Hostile("bomb of many parts", "report.docx", many_parts(), says="unpacks to more"),
    Hostile("archive with a false end", "report.docx", lying_end(), says="unpacks to more"),
    Hostile("archive cut off", "report.docx", archive("word/document.xml")[:40], says="is damaged"),
    Hostile("document with a password", "report.docx", OLE, says="protected by a password"),
    Hostile("empty", "report.pdf", b"", says="is empty"),
    Hostile(
        "noise named as a PDF",
        "report.pdf",
        bytes(range(7, 250)) * 9,
        "application/pdf",
        says="content is something else",
    ),
    Hostile("noise", "noise.dat", bytes(range(7, 250)) * 9, says="must be a document"),
    Hostile("path up", "../../../etc/passwd.txt", b"words", kept=("passwd.txt", "text/plain")),
    Hostile("path of Windows", "C:\\Windows\\system32\\words.txt", b"words", kept=("words.txt", "text/plain")),
    Hostile("NUL in the name", "words.php\x00.txt", b"words", kept=("words.php.txt", "text/plain")),
    Hostile(
        "line break in the name", "a\r\nset-cookie: b=c.txt", b"words", kept=("aset-cookie- b=c.txt", "text/plain")
    ),
    Hostile("name turned round", "words\u202egnp.txt", b"words", kept=("wordsgnp.txt", "text/plain")),
    Hostile("program behind a name turned round", "annex\u202efdp.exe", PDF, says="it is a program"),
    Hostile(
        "markup in the name",
        "<img src=x onerror=alert(1)>.txt",
        b"words",
        kept=("-img src=x onerror=alert(1)-.txt", "text/plain"),
    ),
    Hostile("300 characters", "w" * 300 + ".txt", b"words", kept=("w" * 116 + ".txt", "text/plain")),
    Hostile("device of Windows", "CON.txt", b"words", kept=("_CON.txt", "text/plain")),
    Hostile("nothing but dots", "...", b"words", kept=("file", "text/plain")),
    Hostile(
        "formula in a spreadsheet",
        "a.csv",
        b"=cmd|'/C calc'!A0,b\n",
        "application/vnd.ms-excel",
        kept=("a.csv", "text/csv"),
    ),
    Hostile(
        "markup in the middle of a text", "a.txt", b"words <script>alert(1)</script>", kept=("a.txt", "text/plain")
    ),
    Hostile("a picture", "a.png", PNG, "image/png", kept=("a.png", "image/png")),
)
