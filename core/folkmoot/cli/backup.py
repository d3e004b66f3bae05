"""``folkmoot backup`` and ``folkmoot restore``: everything, or one site, as it was."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from folkmoot.spec.errors import Refused

if TYPE_CHECKING:
    from folkmoot.store.backup.manifest import Manifest
    from folkmoot.web.platform import Platform

File = click.Path(dir_okay=False, path_type=Path)


def say(line: str) -> None:
    """Tell how far long work is, on standard error."""
    click.echo(line, err=True)


def write_file(path: Path, slug: str | None) -> "Manifest":
    """Write everything, or one site, to a new file, and say what is in it."""
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    async def work(platform: "Platform") -> "Manifest":
        return await operations.back_up(platform, path, slug, say)

    manifest = on_platform(work)
    for table in manifest.left_out:
        say(f"Not in it: the table {table}, which belongs to no active plugin.")
    for sha256 in manifest.missing:
        say(f"Not in it: the file {sha256}, which was deleted meanwhile.")
    rows = sum(part.rows for part in manifest.tables.values())
    click.echo(f"{path} holds {len(manifest.sites)} sites and {rows} rows.")
    return manifest


@click.command(epilog="Example: folkmoot backup /var/backups/folkmoot-2027-03-01.zip")
@click.argument("file", type=File)
@click.option("--site", "slug", help="Only this site (default: everything).")
def backup(file: Path, slug: str | None) -> None:
    """Write everything to one file, as it is at one instant, while the service goes on."""
    write_file(file, slug)


@click.command(epilog="Example: folkmoot restore /var/backups/folkmoot-2027-03-01.zip --site occs")
@click.argument("file", type=File)
@click.option("--site", "slug", help="Only this site: the others are not touched.")
@click.option("--replace", is_flag=True, help="Throw away what this instance holds.")
@click.option("--yes", is_flag=True, help="Answer yes to what is asked.")
def restore(file: Path, slug: str | None, replace: bool, yes: bool) -> None:
    """Put a backup into an empty instance, or set one site back to what is in it."""
    from folkmoot.web import operations
    from folkmoot.web.desk import on_platform

    if slug and replace:
        raise Refused("--replace is for the whole instance: leave it out with --site.")

    async def work(platform: "Platform") -> str:
        if slug:
            _ask(f"What the site {slug} holds now is replaced by what {file} holds.", yes=yes)
            await operations.restore_one(platform, file, slug, tell=say)
            return f"The site {slug} is as it was in {file}."
        if replace:
            there = await operations.what_is_there(platform)
            if there:
                _ask(f"This throws away {there}.", yes=yes)
        rows = await operations.restore_all(platform, file, replace=replace, tell=say)
        return f"Restored {rows} rows from {file}."

    click.echo(on_platform(work))


def _ask(sentence: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(f"{sentence} Go on?", abort=True, err=True)
