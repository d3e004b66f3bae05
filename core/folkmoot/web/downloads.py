"""Files to save: never shown in place, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def download(content: bytes | str, *, kind: str, name: str) -> Response[bytes]:
    """Return a file to be saved under a name."""
    body = content.encode() if isinstance(content, str) else content
    safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
    headers = {"content-disposition": f'attachment; filename="{safe}"'}
    return Response(body, media_type=kind, headers=headers)


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV text with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([csv_cell(column) for column in columns])
    writer.writerows([csv_cell(value) for value in row] for row in rows)
    return out.getvalue()


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str) -> Response[bytes]:
    """Return rows as a CSV file, in UTF-8 with a mark by which spreadsheets recognise it."""
    return download("\ufeff" + csv_text(columns, rows), kind="text/csv; charset=utf-8", name=name)
