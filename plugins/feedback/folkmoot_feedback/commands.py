"""``folkmoot feedback``: what people said, as a file."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from folkmoot.api import Desk, FolkmootError, at_desk, csv_text
from folkmoot_feedback import service
from folkmoot_feedback.export import COLUMNS, as_record, as_row
from folkmoot_feedback.models import PageFeedback
from folkmoot_feedback.service import Filters


@click.group()
def feedback() -> None:
    """What people said about pages.

    Example: folkmoot feedback export --site occs --format csv -o feedback.csv
    """


@feedback.command(epilog="Example: folkmoot feedback export --site occs --format json")
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--include-held", is_flag=True, help="Include reports held back because they may name a person.")
def export(slug: str | None, kind: str, output: Path | None, include_held: bool) -> None:
    """Write feedback about pages, newest first, to a file or to standard output."""

    async def work(desk: Desk) -> Sequence[PageFeedback]:
        async with desk.reading() as session:
            return await service.list_reports(session, Filters())

    rows = at_desk(slug, work)
    kept = [row for row in rows if include_held or not row.withheld]
    left_out = len(rows) - len(kept)
    if left_out:
        click.echo(f"{left_out} held back and left out: add --include-held to see them.", err=True)
    _write(_text(kept, kind), output)


def _text(rows: Sequence[PageFeedback], kind: str) -> str:
    if kind == "json":
        return json.dumps([as_record(row, with_held=True) for row in rows], ensure_ascii=False, indent=1) + "\n"
    return csv_text(COLUMNS, [as_row(row, with_held=True) for row in rows])


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise FolkmootError(f"Cannot write {output}: {error.strerror}.") from None
    click.echo(f"Wrote {output}.", err=True)
