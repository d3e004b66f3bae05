"""``folkmoot consultation``: create and export from the command line."""

import json
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from folkmoot.api import Desk, Fault, Malformed, Unprocessable, at_desk, read_body
from folkmoot_consultation import service
from folkmoot_consultation.api import ConsultationIn
from folkmoot_consultation.exporting import as_csv, as_json
from folkmoot_consultation.service import Wanted


@click.group()
def consultation() -> None:
    """Consultations."""


@consultation.command(epilog="Example: folkmoot consultation create care.json --site occs --publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--publish", is_flag=True, help="Publish it at once; this is recorded as the operator's decision.")
def create(file: Path, slug: str | None, publish: bool) -> None:
    """Make a consultation from a JSON or TOML file of the shape that the API takes."""
    body: ConsultationIn = read_body(ConsultationIn, _as_json(file))
    facts = body.model_dump(exclude={"form", "document"})
    if not isinstance(body.form, dict):
        raise Unprocessable([Fault("form", "“form” must be an object with pages of questions.")])
    wanted = Wanted(**facts, form=body.form, document=body.document.markdown if body.document else "")

    async def work(desk: Desk) -> None:
        async with desk.writing() as session:
            await service.create_consultation(session, wanted, by=desk.actor, at=desk.now())
            if publish:
                reason = "Published from the command line."
                await service.publish_consultation(
                    session, wanted.slug, by=desk.actor, at=desk.now(), override_reason=reason
                )

    at_desk(slug, work)
    click.echo(f"{'Published' if publish else 'Created'} /consultations/{wanted.slug}.")


def _as_json(file: Path) -> bytes:
    content = file.read_bytes()
    if file.suffix != ".toml":
        return content
    try:
        return json.dumps(tomllib.loads(content.decode()), default=_plain).encode()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"{file.name} cannot be read: {error}.") from None


def _plain(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


@consultation.command(epilog="Example: folkmoot consultation export care --site occs --format csv -o care.csv")
@click.argument("consultation_slug", metavar="SLUG")
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file (default: standard output)."
)
def export(consultation_slug: str, slug: str | None, kind: str, output: Path | None) -> None:
    """Export every submission: a row each in CSV, or with the codebook in JSON."""

    async def work(desk: Desk) -> None:
        async with desk.reading() as session:
            found = await service.find_consultation(session, consultation_slug)
            form = await service.live_form(session, found)
        pieces = (as_csv if kind == "csv" else as_json)(desk, form)
        with _written(output) as stream:
            async for piece in pieces:
                stream.write(piece)

    at_desk(slug, work)
    if output is not None:
        click.echo(f"Wrote {output}.", err=True)


@contextmanager
def _written(output: Path | None) -> Iterator[TextIO]:
    """Give what to write to. A file has its name only once it is whole."""
    if output is None:
        yield sys.stdout
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
