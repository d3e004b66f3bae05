"""``folkmoot dashboard``: load a file, and see where datasets stand."""

import json
from pathlib import Path

import click

from folkmoot.api import Clash, Desk, Refused, Unprocessable, at_desk
from folkmoot_dashboard import service, status
from folkmoot_dashboard.loading import Loaded, prepare_version
from folkmoot_dashboard.reading import Observed, read_file
from folkmoot_dashboard.service import Facts

NO_SUPPRESSION = "No suppression was applied: the values are stored and shown as the file has them."


@click.group()
def dashboard() -> None:
    """Figures: load them, and see how fresh they are.

    Example: folkmoot dashboard load figures.csv --site occs --dataset social-care --publish
    """


@dashboard.command(
    epilog='Example: folkmoot dashboard load ascof.csv --dataset social-care --source "NHS England" --publish'
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--dataset", required=True, help="The slug of the dataset; it is created when there is none.")
@click.option("--title", default="", help="The title of a new dataset (default: made from the slug).")
@click.option("--source", default="", help="Who publishes the figures.")
@click.option("--source-url", default="", help="Where they are published.")
@click.option("--licence", default="", help="Under which licence.")
@click.option("--publish", is_flag=True, help="Show the version to the public at once.")
def load(
    file: Path, slug: str | None, dataset: str, title: str, source: str, source_url: str, licence: str, publish: bool
) -> None:
    """Load a CSV file as the next version of a dataset; one fault, and nothing is stored."""
    facts = Facts(slug=dataset, title=title, source_name=source, source_url=source_url, licence=licence)
    try:
        observed = read_file(file.read_bytes())
        loaded = at_desk(slug, lambda desk: load_at(desk, facts, observed, publish=publish))
    except Unprocessable as error:
        raise Refused(_in_lines(error)) from None
    except OSError as error:
        raise Refused(f"Cannot read {file}: {error.strerror}.") from None
    click.echo(
        f"Loaded {loaded.rows:,} rows as version {loaded.number} of {dataset} "
        f"({loaded.metrics} metrics, {loaded.places} places)."
    )
    click.echo(NO_SUPPRESSION)
    click.echo(f"Published at /dashboards/{dataset}." if publish else "Not published yet: do so at /admin/dashboard.")


async def load_at(desk: Desk, facts: Facts, observed: list[Observed], *, publish: bool) -> Loaded:
    """Load observations at a desk, and publish them when asked to."""
    async with desk.reading() as session:
        loaded = await prepare_version(session, facts, observed, actor=desk.actor, now=desk.now())
    try:
        await desk.submit(loaded.change)
    except Clash:
        raise Refused(service.AT_ONCE) from None
    if publish:
        async with desk.writing() as session:
            await service.publish_version(session, facts.slug, loaded.number, actor=desk.actor, now=desk.now())
    return loaded


def _in_lines(error: Unprocessable) -> str:
    """Return at most three lines: two faults and how many more, and that nothing was stored."""
    sentences = [fault.sentence for fault in error.faults]
    if len(sentences) <= 2:
        return "\n".join([*sentences, "Nothing was stored."])
    return "\n".join([*sentences[:2], f"And {len(sentences) - 2} more. Nothing was stored."])


@dashboard.command(name="status", epilog="Example: folkmoot dashboard status --site occs --json")
@click.option("--site", "slug", help="The site (default: the only one).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_status(slug: str | None, as_json: bool) -> None:
    """Show the last and the published version of each dataset."""

    async def work(desk: Desk) -> list[dict[str, object]]:
        async with desk.reading() as session:
            return [one.record() for one in await status.list_datasets(session)]

    rows = at_desk(slug, work)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        click.echo("There are no datasets.")
    for row in rows if not as_json else ():
        published = f"version {row['published_version']} published {row['published_at']}, {row['rows']} rows"
        click.echo(f"{row['dataset']}: {published if row['published_version'] else 'nothing published'}")
