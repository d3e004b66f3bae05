"""Files to save: never shown in place, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence

from litestar import Response
from litestar.response import Stream

from folkmoot.web.request import Request

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def download(content: bytes | str, *, kind: str, name: str) -> Response[bytes]:
    """Return a file to be saved under a name."""
    body = content.encode() if isinstance(content, str) else content
    return Response(body, media_type=kind, headers=_saved_as(name))


def _saved_as(name: str) -> dict[str, str]:
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
    return {"content-disposition": f'attachment; filename="{safe}"'}


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV text with a header."""
    return csv_lines([columns]) + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    # As “csv_cell”, written out: the call would take longer than the look.
    writer.writerows(
        [f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value for value in row]
        for row in rows
    )
    return out.getvalue()


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str) -> Response[bytes]:
    """Return rows as a CSV file, in UTF-8 with a mark by which spreadsheets recognise it."""
    return download("\ufeff" + csv_text(columns, rows), kind="text/csv; charset=utf-8", name=name)


async def csv_stream(request: Request, pieces: AsyncIterator[str], *, name: str) -> Stream:
    """Return a CSV file that is sent while it is made, however long it is; ``pieces`` are of ``csv_lines``.

    The first piece is made before anything is sent: what cannot be read at all is told by a page.
    """
    first = await anext(pieces, "")
    content = _marked(first, _none() if request.visit.head else pieces)
    return Stream(content, media_type="text/csv; charset=utf-8", headers=_saved_as(name))


async def _marked(first: str, pieces: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield ("\ufeff" + first).encode()
    async for piece in pieces:
        yield piece.encode()


async def _none() -> AsyncIterator[str]:
    """Yield nothing: whoever asks for the headers alone gets no rows read for them."""
    return
    yield ""
