"""``folkmoot search``: the index of what is published."""

import click

from folkmoot.spec.errors import Refused


@click.group()
def search() -> None:
    """The index of what is published."""


@search.command(epilog="Example: folkmoot search rebuild --site occs")
@click.option("--site", "slug", help="The site (default: all sites).")
def rebuild(slug: str | None) -> None:
    """Index everything that is published anew, while people go on searching."""
    from folkmoot.web.desk import Desk, choose_site, on_platform
    from folkmoot.web.platform import Platform
    from folkmoot.web.search_index import index_plugin

    failed: list[str] = []

    async def work(platform: Platform) -> int:
        sites = [choose_site(platform, slug)] if slug else platform.directory.all()
        plugins = sorted({owned.plugin for owned in platform.registry.search_sources})
        indexed = 0
        for site in sites:
            for plugin in plugins:
                async for source, done, total in index_plugin(Desk(platform, site), plugin, failed, force=True):
                    click.echo(f"{site.slug}: {source}: {done:,} of {total:,}", err=True)
                    indexed += total if done == total else 0
        return indexed

    count = on_platform(work)
    click.echo(f"Indexed {count:,} entries.")
    if failed:
        raise Refused(f"Could not be read, and kept what was indexed before: {', '.join(sorted(set(failed)))}.")
