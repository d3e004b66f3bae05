"""``folkmoot publication``: bring in documents and recommendations from files."""

from contextlib import suppress
from pathlib import Path

import click

from folkmoot.api import (
    Desk,
    DocumentTooLarge,
    EmptyDocument,
    Fault,
    NotFound,
    Refused,
    SiteSession,
    Unprocessable,
    at_desk,
    read_markdown,
)
from folkmoot_publication import service
from folkmoot_publication.files import ONLY_CSV, ONLY_MARKDOWN, read_text
from folkmoot_publication.findings import refusals, say, warnings
from folkmoot_publication.recommendation_service import Kept, keep_recommendations
from folkmoot_publication.references import slug_of
from folkmoot_publication.service import Manuscript, Reading
from folkmoot_publication.spreadsheet import read_recommendations

READ = click.Path(exists=True, dir_okay=False, path_type=Path)
OTHER_KINDS = frozenset({".docx", ".doc", ".odt", ".pdf", ".html", ".htm", ".rtf", ".xlsx", ".ods"})
OVERRIDE = "Published from the command line by an operator"


@click.group()
def publication() -> None:
    """Documents and their recommendations."""


@publication.command(
    name="import", epilog="Example: folkmoot publication import response.md --site occs --slug response --publish"
)
@click.argument("file", type=READ)
@click.option("--site", help="The site's slug; may be left out where there is one site.")
@click.option("--slug", help="The last part of the web address (default: made from the title).")
@click.option("--publish", "publish_now", is_flag=True, help="Publish it at once, which is recorded as an override.")
def import_document(file: Path, site: str | None, slug: str | None, publish_now: bool) -> None:
    """Read a Markdown FILE into a draft; a draft that has the address already is written anew."""
    reading = _read(file, slug)

    async def work(desk: Desk) -> None:
        async with desk.writing() as session:
            await _keep(session, desk, reading)
            if publish_now:
                await service.publish(
                    session, reading.manuscript.slug, actor=desk.actor, now=desk.now(), override_reason=OVERRIDE
                )

    at_desk(site, work)
    for warning in reading.document.warnings:
        click.echo(f"{warning.where}: {warning.sentence}", err=True)
    state = "published" if publish_now else "draft"
    click.echo(f"{reading.manuscript.slug}: {len(reading.document.nodes)} blocks, {state}.")


def _read(file: Path, slug: str | None) -> Reading:
    if file.suffix.lower() in OTHER_KINDS:
        raise Unprocessable([Fault("file", ONLY_MARKDOWN)])
    text = read_text(file.read_bytes(), where="file", otherwise=ONLY_MARKDOWN)
    title = file.stem
    # What is wrong with the text is told when the manuscript is checked.
    with suppress(EmptyDocument, DocumentTooLarge):
        title = _title(text) or title
    try:
        return service.read_manuscript(Manuscript(slug=slug or slug_of(title), title=title, markdown=text))
    except Unprocessable as error:
        raise Refused("\n".join(f"{fault.where}: {fault.sentence}" for fault in error.faults)) from None


def _title(text: str) -> str:
    document = read_markdown(text)
    return document.title or next((node.heading for node in document.nodes if node.heading), "")


async def _keep(session: SiteSession, desk: Desk, reading: Reading) -> None:
    slug = reading.manuscript.slug
    try:
        await service.find_publication(session, slug)
    except NotFound:
        await service.create_publication(session, reading, actor=desk.actor, now=desk.now())
    else:
        await service.rewrite_draft(session, slug, reading, actor=desk.actor, now=desk.now())


@publication.command(
    epilog="Example: folkmoot publication recommendations recommendations.csv --publication response --site occs"
)
@click.argument("file", type=READ)
@click.option("--publication", "slug", required=True, help="The publication's slug.")
@click.option("--site", help="The site's slug; may be left out where there is one site.")
def recommendations(file: Path, slug: str, site: str | None) -> int:
    """Read recommendations from a CSV FILE; good rows are kept, and the exit status is 1 if any was refused."""
    sheet = read_recommendations(read_text(file.read_bytes(), where="file", otherwise=ONLY_CSV))

    async def work(desk: Desk) -> Kept:
        async with desk.writing() as session:
            await service.find_publication(session, slug)
            if not sheet.rows:
                return Kept(0, 0, 0)
            return await keep_recommendations(
                session, slug, sheet.rows, actor=desk.actor, now=desk.now(), may_publish=True
            )

    kept = at_desk(site, work)
    refused = refusals(sheet.findings)
    for finding in (*refused, *warnings(sheet.findings)):
        click.echo(say(finding), err=True)
    click.echo(
        f"{kept.added} added, {kept.changed} changed, {kept.unchanged} left as they were, {len(refused)} refused."
    )
    return 1 if refused else 0
