"""How commands print: JSON for programs, plain aligned lines for people."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

as_json: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def show_rows(rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str = "There are none.") -> None:
    """Print rows, a line each, or as a JSON array."""
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    if not rows:
        click.echo(empty)
        return
    table = [[_cell(value) for value in row.values()] for row in rows]
    head = [name.replace("_", " ") for name in rows[0]]
    widths = [max(len(line[at]) for line in [head, *table]) for at in range(len(head))]
    for line in (head, *table):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return ", ".join(str(part) for part in value) if isinstance(value, (list, tuple)) else str(value)
