"""``folkmoot plugin``: what is installed, what runs, and why something does not."""

from typing import Any

import click

from folkmoot.cli.output import as_json, show_rows
from folkmoot.spec.errors import NotFound


@click.group()
def plugin() -> None:
    """The plugins of this instance."""


def _rows() -> list[dict[str, Any]]:
    from folkmoot.kernel.registry import State
    from folkmoot.store.migrations import pending
    from folkmoot.web.application import lineages, load
    from folkmoot.web.desk import configuration

    settings = configuration()
    registry = load(settings, strict=False)
    waiting = {lineage.name for lineage in pending(settings.database_urls(), lineages(registry))}
    rows = []
    for found in registry.plugins:
        is_waiting = found.state is State.ACTIVE and found.name in waiting
        reason = "Its tables are not up to date: run “folkmoot db upgrade”." if is_waiting else found.reason
        rows.append(
            {
                "name": found.name,
                "state": (State.PENDING if is_waiting else found.state).value,
                "version": found.version or None,
                "title": found.manifest.title if found.manifest else None,
                "reason": reason or None,
            }
        )
    return rows


@plugin.command(name="list", epilog="Example: folkmoot plugin list --json")
@as_json
def list_plugins(as_json: bool) -> None:
    """List every plugin with its state, and the reason when it does not run."""
    show_rows(_rows(), as_json=as_json)


@plugin.command(epilog="Example: folkmoot plugin show consultation")
@click.argument("name")
@as_json
def show(name: str, as_json: bool) -> None:
    """Show one plugin: its state, its addresses, and what it registers."""
    import json

    from folkmoot.web.application import load
    from folkmoot.web.desk import configuration

    row = next((row for row in _rows() if row["name"] == name), None)
    if row is None:
        raise NotFound(f"There is no plugin called {name}.")
    registry = load(configuration(), strict=False)
    found = registry.plugin(name)
    manifest = found.manifest if found else None
    row |= {
        "summary": manifest.summary if manifest else None,
        "mounts": list(manifest.mounts) if manifest else [],
        "permissions": [owned.item.name for owned in registry.permissions if owned.plugin == name],
        "pages": [owned.item.path for owned in registry.routes if owned.plugin == name],
        "staff_pages": [owned.item.path for owned in registry.admin_routes if owned.plugin == name],
        "api": [f"{owned.item.method} {owned.item.path}" for owned in registry.api_routes if owned.plugin == name],
    }
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    for key, value in row.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{key.replace('_', ' ')}: {shown or '-'}")


def _switch(name: str, slug: str | None, *, on: bool) -> None:
    from folkmoot.sites.service import find_site, switch_plugin
    from folkmoot.web.desk import Desk, at_desk

    async def work(desk: Desk) -> None:
        if on and name not in {active.name for active in desk.platform.registry.active}:
            raise NotFound(f"No active plugin is called {name}.")
        async with desk.platform.database.system_writing() as session:
            site = await find_site(session, desk.site.slug)
            await switch_plugin(session, site, name, on=on, at=desk.now())

    at_desk(slug, work)


@plugin.command(epilog="Example: folkmoot plugin enable dashboard --site occs")
@click.argument("name")
@click.option("--site", "slug", help="The site (default: the only one).")
def enable(name: str, slug: str | None) -> None:
    """Turn a plugin on for a site."""
    _switch(name, slug, on=True)
    click.echo(f"{name} is on.")


@plugin.command(epilog="Example: folkmoot plugin disable dashboard --site occs")
@click.argument("name")
@click.option("--site", "slug", help="The site (default: the only one).")
def disable(name: str, slug: str | None) -> None:
    """Turn a plugin off for a site; its data stays."""
    _switch(name, slug, on=False)
    click.echo(f"{name} is off.")
