"""``folkmoot jobs``: what waits, what was set aside, and trying it again."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from folkmoot.cli.output import as_json, show_rows
from folkmoot.spec.errors import Fault, NotFound, Unprocessable

if TYPE_CHECKING:
    from folkmoot.web.platform import Platform

SHORT = ("id", "site", "name", "state", "attempts", "created_at", "error")
STATES = ("queued", "running", "done", "dead")
of_site = click.option("--site", "slug", help="The site (default: all of them).")


@click.group()
def jobs() -> None:
    """Work that is done outside of pages."""


@jobs.command(name="list", epilog="Example: folkmoot jobs list --state queued --json")
@of_site
@click.option("--state", type=click.Choice(STATES), help="Only jobs in this state.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 10_000), help="How many of each state.")
@as_json
def list_jobs(slug: str | None, state: str | None, limit: int, as_json: bool) -> None:
    """List jobs: first those that run, then those that wait, were set aside, and are done."""
    states = (state,) if state else ("running", "queued", "dead", "done")
    _show(_rows(slug, states, limit), as_json=as_json)


@jobs.command(epilog="Example: folkmoot jobs dead --json")
@of_site
@as_json
def dead(slug: str | None, as_json: bool) -> None:
    """List jobs that were set aside, with the reason; none is tried again until somebody says so."""
    _show(_rows(slug, ("dead",), 10_000), as_json=as_json)


@jobs.command(epilog="Example: folkmoot jobs retry --all --site occs")
@click.argument("job_id", required=False, metavar="[ID]")
@of_site
@click.option("--all", "every", is_flag=True, help="All that were set aside.")
@as_json
def retry(job_id: str | None, slug: str | None, every: bool, as_json: bool) -> None:
    """Have a job that was set aside done again, or all of them."""
    from folkmoot.store.jobs import listing
    from folkmoot.web.desk import on_platform

    wanted = _id(job_id) if job_id else None
    if (wanted is None) == (not every):
        raise Unprocessable([Fault("id", "Name the job by its id, or give --all.")])

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        again = []
        for site in _sites(platform, slug):
            async with platform.database.writing(site.id) as session:
                found = await listing.list_jobs(session, "dead", limit=10_000)
                for job in [job for job in found if every or job.id == wanted]:
                    await listing.retry_job(session, job, at=platform.clock.now())
                    again.append({"id": job.id, "site": site.slug, "name": job.name})
                await session.commit()
        if not every and not again:
            raise NotFound("No job of that id was set aside.")
        return again

    show_rows(on_platform(work), as_json=as_json, empty="No job was set aside.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Unprocessable([Fault("id", f"“{text}” is not the id of a job.")]) from None


def _sites(platform: "Platform", slug: str | None) -> list[Any]:
    from folkmoot.web.desk import choose_site

    return [choose_site(platform, slug)] if slug else list(platform.directory.all())


def _rows(slug: str | None, states: tuple[str, ...], limit: int) -> list[dict[str, Any]]:
    from folkmoot.store.jobs import listing
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> list[dict[str, Any]]:
        rows = []
        for site in _sites(platform, slug):
            async with platform.database.reading(site.id) as session:
                for state in states:
                    found = await listing.list_jobs(session, state, limit=limit)
                    rows += [{"site": site.slug, **listing.facts(job), "attempts": job.attempts} for job in found]
        return rows

    return on_platform(work)


def _show(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    told = [{name: _plain(value) for name, value in row.items()} for row in rows]
    show_rows(told if as_json else [{name: row[name] for name in SHORT} for row in told], as_json=as_json)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
