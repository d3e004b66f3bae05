"""``folkmoot personal-data`` and ``folkmoot retention``: what is held about people, and for how long."""

import json
from pathlib import Path
from typing import Any

import click

from folkmoot.cli.output import as_json, show_rows

SITE = click.option("--site", "slug", help="The site (default: the only one).")


@click.group(name="personal-data")
def personal_data() -> None:
    """What a site holds about a person."""


@personal_data.command(epilog="Example: folkmoot personal-data export sam@example.org --site occs -o sam.zip")
@click.argument("subject")
@SITE
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write a zip to hand over (HTML and JSON).")
@as_json
def export(subject: str, slug: str | None, output: str | None, as_json: bool) -> None:
    """Show what is held about an email address or a reference."""
    from folkmoot.web import privacy_desk
    from folkmoot.web.desk import Desk, at_desk

    async def work(desk: Desk) -> tuple[list[dict[str, Any]], bytes]:
        action = "core.personal_data_copied" if output or as_json else "core.personal_data_found"
        found = await privacy_desk.take_out(desk, privacy_desk.whom(desk, subject), action=action)
        archive = privacy_desk.write_archive(desk, found, locale=desk.site.locales[0]) if output else b""
        return privacy_desk.as_json(found), archive

    places, archive = at_desk(slug, work)
    if output:
        Path(output).write_bytes(archive)
        click.echo(f"Written to {output}.", err=True)
    if as_json:
        click.echo(json.dumps(places, ensure_ascii=False, default=str))
    elif not output:
        rows = [{"place": place["title"], "held": len(place["held"])} for place in places]
        show_rows(rows, as_json=False, empty="Nothing is held about this address or reference.")


@personal_data.command(epilog="Example: folkmoot personal-data erase sam@example.org --site occs --yes")
@click.argument("subject")
@SITE
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(subject: str, slug: str | None, yes: bool, as_json: bool) -> None:
    """Erase what is held about an email address or a reference, and overwrite its traces."""
    from folkmoot.web import privacy_desk
    from folkmoot.web.desk import Desk, at_desk

    async def look(desk: Desk) -> int:
        found = await privacy_desk.look_up(desk, privacy_desk.whom(desk, subject))
        return sum(len(place.held) for place in found if place.declared.erase)

    async def work(desk: Desk) -> dict[str, Any]:
        receipt = await privacy_desk.erase(desk, privacy_desk.whom(desk, subject))
        scrubbed = await privacy_desk.scrub(desk.platform.database)
        return {"receipt": receipt.reference, "removed": receipt.removed, "overwritten": scrubbed}

    if not yes:
        click.confirm(f"Erase {at_desk(slug, look)} things about this person for good?", abort=True)
    done = at_desk(slug, work)
    if as_json:
        click.echo(json.dumps(done, ensure_ascii=False))
        return
    click.echo(f"Erased {sum(done['removed'].values())} rows. Receipt: {done['receipt']}.")
    if not done["overwritten"]:
        click.echo(
            "PostgreSQL overwrites their traces when it cleans up; VACUUM FULL by the owner does it now.", err=True
        )


@click.group()
def retention() -> None:
    """What goes because it has been kept for its time."""


@retention.command(epilog="Example: folkmoot retention run --site occs --dry-run --json")
@click.option("--site", "slug", help="The site (default: all).")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@as_json
def run(slug: str | None, dry_run: bool, as_json: bool) -> None:
    """Remove what has been kept for its time, on one site or on all."""
    from folkmoot.web.desk import Desk, choose_site, on_platform
    from folkmoot.web.platform import Platform
    from folkmoot.web.privacy_desk import keep_to_terms

    async def work(platform: Platform) -> list[dict[str, Any]]:
        sites = [choose_site(platform, slug)] if slug else platform.directory.all()
        return [
            {"site": site.slug, "source": each.name, "before": each.before.isoformat(), "removed": each.removed}
            for site in sites
            for each in await keep_to_terms(Desk(platform, site), dry=dry_run)
        ]

    show_rows(on_platform(work), as_json=as_json)
