"""An index to fill and to ask, on an instance with two sites; no plugin needs to be on for it."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.descriptors import SearchEntry
from folkmoot.store import search as store
from folkmoot.store.search import Results, Scope
from folkmoot.testing import Instance

sys.path.insert(0, str(Path(__file__).parent))

from shelves import PLUGIN, SOURCE, Ask, Fill, Shop


@pytest.fixture
def fill(instance: Instance) -> Fill:
    """Puts entries into the index of a site, in place of what the source had before."""

    async def put(*entries: SearchEntry, source: str = SOURCE, site: SiteFacts | None = None, **options: bool) -> None:
        desk = instance.desk(site)
        async for _ in store.reindex(desk.reading, desk.writing, PLUGIN, source, entries, **options):
            pass

    return put


@pytest.fixture
def ask(instance: Instance) -> Ask:
    """Searches a site."""

    async def find(
        text: str,
        *,
        site: SiteFacts | None = None,
        locale: str = "en",
        plugins: Sequence[str] = (PLUGIN,),
        now: datetime | None = None,
        **options: object,
    ) -> Results:
        scope = Scope(plugins, locale, now or instance.clock.now())
        async with instance.desk(site).reading() as session:
            return await store.search(session, text, scope, **options)  # type: ignore[arg-type]

    return find


@pytest.fixture
def shop(instance: Instance) -> Shop:
    """Published things of a plugin that is on, in place of everything that the plugins have."""
    return Shop(instance)
