"""What is done to sites: create, take the first one from the configuration, turn plugins on and off."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.kernel.settings import SiteSection
from folkmoot.sites.models import DirectoryVersion, PageVersion, Site, SiteHost, SitePlugin
from folkmoot.spec.errors import Fault, NotFound, Unprocessable
from folkmoot.store.notices import announce
from folkmoot.store.search import ask_for_index

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}\Z")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\Z")
SHELL = "core"
# What search finds: of all pages, only those of core show it.
SEARCH = "core.search"


async def touch(session: AsyncSession, site_id: UUID, plugin: str, *, at: datetime | None = None) -> None:
    """Make every cached page of a plugin on a site stale; it takes effect when the caller commits.

    :param at: the instant, when what is published has changed: search then looks at it again (without it, at night)
    """
    row = PageVersion(site_id=site_id, plugin=plugin, version=1)
    mine = (col(PageVersion.site_id) == site_id, col(PageVersion.plugin) == plugin)
    await _increase(session, sa.update(PageVersion).where(*mine).values(version=PageVersion.version + 1), row)
    await announce(session, (site_id, plugin))
    if at is not None:
        await ask_for_index(session, site_id, plugin, at=at)


async def touch_directory(session: AsyncSession) -> None:
    """Tell running processes that sites, hosts or plugins per site have changed."""
    increased = sa.update(DirectoryVersion).values(version=DirectoryVersion.version + 1)
    await _increase(session, increased, DirectoryVersion(id=1, version=1))
    await announce(session, None)


async def _increase(session: AsyncSession, increased: sa.Update, first: PageVersion | DirectoryVersion) -> None:
    # In the database, not here: two who increase it at once both do.
    done = await session.exec(increased.execution_options(synchronize_session=False))
    if not done.rowcount:
        session.add(first)
        await session.flush()


async def create_site(
    session: AsyncSession,
    wanted: SiteSection,
    *,
    plugins: Iterable[str],
    at: datetime,
    parent: str | None = None,
    status: str = "live",
) -> Site:
    """Create a site with its host and plugins, and commit.

    :raises Unprocessable: when the slug or the host is taken or malformed, naming each
    """
    faults = await _faults(session, wanted)
    parent_id = (await find_site(session, parent)).id if parent else None
    if faults:
        raise Unprocessable(faults)
    site = Site(**_facts(wanted), slug=wanted.slug, status=status, parent_id=parent_id, created_at=at)
    session.add(site)
    await session.flush()
    for host in dict.fromkeys((wanted.host, f"{wanted.slug}.localhost")):
        if host != "localhost":
            session.add(SiteHost(host=host, site_id=site.id))
    session.add_all(SitePlugin(site_id=site.id, plugin=name, enabled_at=at) for name in plugins)
    await touch_directory(session)
    await session.commit()
    return site


async def _faults(session: AsyncSession, wanted: SiteSection) -> list[Fault]:
    faults = []
    if not SLUG.match(wanted.slug):
        faults.append(Fault("slug", "The slug must be 2 to 40 lower-case letters, digits and hyphens."))
    if (await session.exec(select(Site).where(Site.slug == wanted.slug))).first():
        faults.append(Fault("slug", f"There is a site called {wanted.slug} already."))
    if not HOST.match(wanted.host):
        faults.append(Fault("host", "The host must be a host name such as engage.example.org."))
    elif await session.get(SiteHost, wanted.host):
        faults.append(Fault("host", f"Another site answers at {wanted.host}."))
    return faults


def _facts(wanted: SiteSection) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "organisation": wanted.organisation or wanted.name,
        "kind": wanted.kind,
        "phase": wanted.phase,
        "theme": wanted.theme,
        "brand_colour": wanted.brand_colour,
        "locales": list(wanted.locales),
        "contact_email": wanted.contact_email,
    }


async def keep_first_site(session: AsyncSession, wanted: SiteSection, *, plugins: Iterable[str], at: datetime) -> Site:
    """Create the configuration's own site, or bring its facts up to date: for it, the file is the truth."""
    site = (await session.exec(select(Site).where(Site.slug == wanted.slug))).first()
    if site is None:
        return await create_site(session, wanted, plugins=plugins, at=at)
    facts = _facts(wanted)
    changed = [name for name, value in facts.items() if getattr(site, name) != value]
    if changed:
        site.sqlmodel_update({name: facts[name] for name in changed})
        session.add(site)
        await touch(session, site.id, SHELL)
        await touch_directory(session)
        await session.commit()
    return site


async def find_site(session: AsyncSession, slug: str) -> Site:
    """Return the site of that slug; raises ``NotFound``."""
    site = (await session.exec(select(Site).where(Site.slug == slug))).first()
    if site is None:
        raise NotFound(f"There is no site called {slug}.")
    return site


async def switch_plugin(session: AsyncSession, site: Site, plugin: str, *, on: bool, at: datetime) -> None:
    """Turn a plugin on or off for a site, and commit. Turning it off keeps its data."""
    row = await session.get(SitePlugin, (site.id, plugin))
    if on and row is None:
        session.add(SitePlugin(site_id=site.id, plugin=plugin, enabled_at=at))
    elif not on and row is not None:
        await session.delete(row)
    await touch(session, site.id, SHELL)
    await ask_for_index(session, site.id, plugin, at=at)
    await touch_directory(session)
    await session.commit()


async def list_sites(session: AsyncSession, first: str) -> Sequence[dict[str, object]]:
    """Return every site as the command line and the API list it, the configuration's own first."""
    sites = (await session.exec(select(Site).order_by(col(Site.slug)))).all()
    slugs = {site.id: site.slug for site in sites}
    on = (await session.exec(select(SitePlugin).order_by(col(SitePlugin.plugin)))).all()
    hosts = (await session.exec(select(SiteHost))).all()
    return [
        {
            "slug": site.slug,
            "name": site.name,
            "host": _main_host(site, [row.host for row in hosts if row.site_id == site.id]),
            "status": site.standing,
            "plugins": [row.plugin for row in on if row.site_id == site.id],
            "parent": slugs.get(site.parent_id) if site.parent_id else None,
        }
        for site in sorted(sites, key=lambda site: (site.slug != first, site.slug))
    ]


def _main_host(site: Site, hosts: Sequence[str]) -> str:
    own = [host for host in sorted(hosts) if host != f"{site.slug}.localhost"]
    return own[0] if own else f"{site.slug}.localhost"


async def forget_plugin(session: AsyncSession, plugin: str) -> None:
    """Take a removed plugin out of every site's list, and commit."""
    await session.exec(sa.delete(SitePlugin).where(col(SitePlugin.plugin) == plugin))
    await session.exec(sa.delete(PageVersion).where(col(PageVersion.plugin) == plugin))
    await touch_directory(session)
    await session.commit()
