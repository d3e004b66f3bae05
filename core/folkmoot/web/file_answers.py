"""Sending a file: in pieces, in ranges, and never so that a browser runs what is in it."""

import re
from collections.abc import AsyncIterator
from typing import Any

from litestar import Response
from litestar.response import Stream

from folkmoot.store.files.errors import ContentMissing
from folkmoot.store.files.keeping import Keeping
from folkmoot.store.files.kinds import HTML, INLINE, SVG, TEXT, UNKNOWN, XML
from folkmoot.store.files.models import FileRow
from folkmoot.store.files.names import disposition
from folkmoot.web.log import log
from folkmoot.web.request import Request

SPAN = re.compile(r"bytes=(\d*)-(\d*)\Z")
NO_SCRIPT = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# Browsers show no PDF in a sandbox; their viewers run outside of the site.
UNBOXED = frozenset({"application/pdf"})
# What a browser might run is not even called by its name.
UNNAMED = frozenset({HTML, SVG, XML, "application/xhtml+xml"})


async def file_answer(request: Request, row: FileRow, *, inline: bool) -> Response[Any]:
    """Return a file's bytes, or the part that was asked for; nothing is read that is not sent.

    :param inline: whether the browser may show it in place, if its kind allows that
    """
    headers = _headers(row, inline=inline and row.content_type in INLINE)
    etag = headers["etag"]
    if etag in _tags(request.headers.get("if-none-match", "")):
        return Response(b"", status_code=304, headers=headers)
    span = request.headers.get("range", "")
    if request.headers.get("if-range", etag) != etag:
        span = ""
    part = _part(span, row.size)
    if part is None:
        refused = {"content-range": f"bytes */{row.size}", "etag": etag}
        return Response(b"", status_code=416, headers=refused, media_type="text/plain")
    start, end = part
    whole = (start, end) == (0, row.size)
    headers["content-length"] = str(end - start)
    if not whole:
        headers["content-range"] = f"bytes {start}-{end - 1}/{row.size}"
    content = _no_bytes() if request.visit.head else await _first(request.platform.keeping, row, start, end)
    return Stream(content, status_code=200 if whole else 206, headers=headers, media_type=headers["content-type"])


def _headers(row: FileRow, *, inline: bool) -> dict[str, str]:
    kind = UNKNOWN if row.content_type in UNNAMED else row.content_type
    return {
        "content-type": "text/plain; charset=utf-8" if kind == TEXT else kind,
        "content-disposition": disposition(row.name, inline=inline),
        "content-security-policy": NO_SCRIPT if kind in UNBOXED else f"{NO_SCRIPT}; sandbox",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "accept-ranges": "bytes",
        "etag": f'"{row.sha256[:32]}"',
        # A file that is taken down is gone for everyone at once.
        "cache-control": "public, no-cache" if row.public else "no-store",
    }


def _tags(condition: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in condition.split(",")}


def _part(span: str, size: int) -> tuple[int, int] | None:
    """Return what a Range header asks for as start and end, everything when it cannot be read, ``None`` if outside."""
    found = SPAN.match(span)
    if found is None or found[1] == found[2] == "" or len(span) > 60:
        return 0, size
    if not found[1]:
        return (max(0, size - int(found[2])), size) if int(found[2]) else None
    start = int(found[1])
    end = int(found[2]) + 1 if found[2] else max(size, start + 1)
    if end <= start:
        return 0, size
    return (start, min(end, size)) if start < size else None


async def _first(keeping: Keeping, row: FileRow, start: int, end: int) -> AsyncIterator[bytes]:
    """Return the pieces, the first of them read: what cannot be read at all is told by a page."""
    pieces = keeping.storage.read(row.site_id, row.sha256, start, end)
    try:
        first = await anext(pieces, b"")
    except ContentMissing:
        log.error("content of a file is missing", site=str(row.site_id), file=str(row.id))
        raise
    return _after(first, pieces)


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


async def _no_bytes() -> AsyncIterator[bytes]:
    yield b""
