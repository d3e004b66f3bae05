"""``folkmoot site``: the sites of this instance."""

from typing import Any

import click

from folkmoot.cli import lifecycle
from folkmoot.cli.output import as_json, show_rows
from folkmoot.kernel.settings import SiteSection
from folkmoot.spec.errors import Fault, Unprocessable


@click.group()
def site() -> None:
    """The sites of this instance."""


@site.command(epilog='Example: folkmoot site create parent --name "Department for Care" --plugins consultation')
@click.argument("slug")
@click.option("--name", required=True, help="What the site is called.")
@click.option("--organisation", default="", help="The body whose site it is (default: the name).")
@click.option("--host", help="The host it answers at (default: SLUG.localhost).")
@click.option("--kind", default="other", show_default=True)
@click.option("--parent", help="The slug of the parent body's site.")
@click.option("--plugins", help="Plugins to turn on, separated by commas (default: all active).")
@click.option("--locales", default="en", show_default=True, help="Languages, the main one first.")
@click.option("--contact-email", default="")
@click.option("--brand-colour", default="#1d4f91", show_default=True)
@click.option("--draft", is_flag=True, help="Do not make it live yet.")
def create(slug: str, **wanted: Any) -> None:
    """Create a site; a running instance answers for it within two seconds."""
    from pydantic import ValidationError

    from folkmoot.sites.service import create_site
    from folkmoot.web.desk import on_platform
    from folkmoot.web.platform import Platform

    try:
        section = SiteSection(
            slug=slug,
            name=wanted["name"],
            organisation=wanted["organisation"],
            host=wanted["host"] or f"{slug}.localhost",
            kind=wanted["kind"],
            locales=tuple(wanted["locales"].split(",")),
            contact_email=wanted["contact_email"],
            brand_colour=wanted["brand_colour"],
        )
    except ValidationError as error:
        faults = [Fault(str(e["loc"][0]), f"{e['loc'][0]}: {e['msg']}.") for e in error.errors()]
        raise Unprocessable(faults) from None

    async def work(platform: Platform) -> str:
        plugins = _chosen(platform, wanted["plugins"])
        async with platform.database.system_writing() as session:
            made = await create_site(
                session,
                section,
                plugins=plugins,
                at=platform.clock.now(),
                parent=wanted["parent"],
                status="draft" if wanted["draft"] else "live",
            )
        return made.slug

    click.echo(f"Created the site {on_platform(work)}.")


def _chosen(platform: Any, wanted: str | None) -> list[str]:
    active = [plugin.name for plugin in platform.registry.active]
    if wanted is None:
        return active
    chosen = [name.strip() for name in wanted.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in active]
    if unknown:
        raise Unprocessable([Fault("plugins", f"{', '.join(unknown)} is not an active plugin.")])
    return chosen


@site.command(name="list", epilog="Example: folkmoot site list --json")
@as_json
def list_sites(as_json: bool) -> None:
    """List the sites, the configuration's own first."""
    from folkmoot.sites import service
    from folkmoot.web.desk import on_platform
    from folkmoot.web.platform import Platform

    async def work(platform: Platform) -> list[dict[str, Any]]:
        first = platform.configuration.settings.site.slug
        async with platform.database.system_reading() as session:
            return list(await service.list_sites(session, first))

    show_rows(on_platform(work), as_json=as_json)


for command in (
    lifecycle.show,
    lifecycle.suspend,
    lifecycle.resume,
    lifecycle.export_site,
    lifecycle.import_site,
    lifecycle.delete,
):
    site.add_command(command)
