"""``folkmoot site show|suspend|resume|export|import|delete``: a site's life as a whole."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from folkmoot.cli.backup import File, say, write_file
from folkmoot.cli.output import as_json

if TYPE_CHECKING:
    from folkmoot.web.platform import Platform

because = click.option("--reason", default="", help="Why: it is kept in the site's log.")


@click.command(epilog="Example: folkmoot site show occs --json")
@click.argument("slug")
@as_json
def show(slug: str, as_json: bool) -> None:
    """Show one site: its hosts and plugins, whether it is open, and what operators did to it."""
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> dict[str, Any]:
        return await operations.show(platform, slug)

    facts = on_platform(work)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for name, value in facts.items():
        lines = value if isinstance(value, list) else [value]
        shown = [f"{each['at']} {each['action']} {each['note']}" if isinstance(each, dict) else each for each in lines]
        click.echo(f"{name.replace('_', ' ')}: {', '.join(str(each) for each in shown if each is not None) or '-'}")


@click.command(epilog='Example: folkmoot site suspend occs --reason "moving to another host"')
@click.argument("slug")
@because
def suspend(slug: str, reason: str) -> None:
    """Close a site for now: within two seconds every address of it says so, and its jobs wait."""
    _change(slug, "suspend", reason=reason)
    click.echo(f"The site {slug} is closed. Open it again with “folkmoot site resume {slug}”.")


@click.command(epilog="Example: folkmoot site resume occs")
@click.argument("slug")
@because
def resume(slug: str, reason: str) -> None:
    """Open a site again that was suspended, or that is marked for deletion and not yet deleted."""
    _change(slug, "resume", reason=reason)
    click.echo(f"The site {slug} is open.")


@click.command(epilog="Example: folkmoot site delete occs --days 30")
@click.argument("slug")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 365), help="The time of grace.")
@click.option("--now", is_flag=True, help="Without a time of grace: it cannot be taken back.")
@because
@click.option("--yes", is_flag=True, help="Answer yes to what is asked.")
def delete(slug: str, days: int, now: bool, reason: str, yes: bool) -> None:
    """Close a site for good: after a time of grace everything of it is deleted."""
    when = "now" if now else f"in {days} days"
    if not yes:
        click.confirm(f"Everything of the site {slug} is deleted {when}. Go on?", abort=True, err=True)
    if now:
        _delete_now(slug, reason)
        click.echo(f"The site {slug} is deleted.")
        return
    _change(slug, "delete", reason=reason, days=days)
    click.echo(f"The site {slug} is closed and is deleted {when}. Until then: “folkmoot site resume {slug}”.")


@click.command(name="export", epilog="Example: folkmoot site export occs occs.zip")
@click.argument("slug")
@click.argument("file", type=File)
def export_site(slug: str, file: Path) -> None:
    """Write one site to a file in open formats, to be kept or imported elsewhere."""
    write_file(file, slug)


@click.command(name="import", epilog="Example: folkmoot site import occs.zip --host engage.occs.example")
@click.argument("file", type=File)
@click.option("--slug", default="", help="What it is called here (default: as in the file).")
@click.option("--host", default="", help="The host it answers at here (default: as in the file).")
@click.option("--parent", default="", help="The slug of the parent body's site here.")
def import_site(file: Path, slug: str, host: str, parent: str) -> None:
    """Bring a site in that was exported elsewhere; a running instance answers for it within two seconds."""
    from folkmoot.sites.moving import Names
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> str:
        return await operations.import_one(platform, file, Names(slug, host, parent), tell=say)

    click.echo(f"Imported the site {on_platform(work)}.")


def _change(slug: str, action: str, *, reason: str, days: int = 0) -> None:
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> None:
        await operations.change_standing(platform, slug, action, reason=reason, days=days)

    on_platform(work)


def _delete_now(slug: str, reason: str) -> None:
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> None:
        await operations.delete_now(platform, slug, reason=reason)

    on_platform(work)
