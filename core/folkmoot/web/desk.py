"""Working on a site without a request: what commands and demo content do it with."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TypeVar

import click

from folkmoot.kernel.settings import Configuration, find_config
from folkmoot.kernel.settings import load as load_settings
from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.errors import NotFound, Refused
from folkmoot.store.scoping import SiteSession
from folkmoot.store.writer import Change
from folkmoot.web.platform import Platform

T = TypeVar("T")


class Desk:
    """One site, the clock, and the ways to read, write and submit."""

    def __init__(self, platform: Platform, site: SiteFacts, actor: str = "operator") -> None:
        self.platform = platform
        self.site = site
        self.actor = actor

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return self.platform.clock.now()

    def reading(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of the site for reading."""
        return self.platform.database.reading(self.site.id)

    def writing(self) -> AbstractAsyncContextManager[SiteSession]:
        """Open a session of the site for writing; what is not committed is rolled back."""
        return self.platform.database.writing(self.site.id)

    async def submit(self, change: Change) -> None:
        """Return when a change is on the disk."""
        await self.platform.database.writer.save(change)


def configuration() -> Configuration:
    """Return the configuration that the command line names."""
    context = click.get_current_context(silent=True)
    given = context.find_root().params.get("config") if context else None
    return load_settings(find_config(given))


def on_platform(work: Callable[[Platform], Awaitable[T]]) -> T:
    """Run work with the platform open, and return what it gives."""
    from folkmoot.web.application import build_platform, check_migrations, load

    settings = configuration()
    registry = load(settings)
    check_migrations(settings, registry)
    platform = build_platform(settings, registry)

    async def run() -> T:
        await platform.open()
        try:
            return await work(platform)
        finally:
            await platform.close()

    return asyncio.run(run())


def at_desk(site: str | None, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Run work at the desk of a site, which may be left out where the instance has one; return what it gives."""

    async def run(platform: Platform) -> T:
        return await work(Desk(platform, choose_site(platform, site)))

    return on_platform(run)


def choose_site(platform: Platform, slug: str | None) -> SiteFacts:
    """Return the site that a command names; raises ``NotFound``, or ``Refused`` when it must name one."""
    sites = platform.directory.all()
    if slug is None:
        if len(sites) != 1:
            raise Refused(f"This instance has {len(sites)} sites: say which with --site.")
        return sites[0]
    found = next((site for site in sites if site.slug == slug), None)
    if found is None:
        raise NotFound(f"There is no site called {slug}.")
    return found
