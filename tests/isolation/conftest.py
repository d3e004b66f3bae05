"""Two sites full of content, each with marks of its own in every text, in one instance with all plugins."""

import sys
from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from probing import mark_everything, mark_of

from folkmoot.api.files import Wanted, keep_content
from folkmoot.privacy.complaints import Complaining, receive
from folkmoot.privacy.models import RequestKind
from folkmoot.privacy.requests import open_request
from folkmoot.sites.directory import SiteFacts
from folkmoot.testing import Instance, start_instance
from folkmoot.web.search_index import index_plugin

PLUGINS = tuple(sorted(point.name for point in entry_points(group="folkmoot.plugins")))


async def ask_about_oneself(instance: Instance, site: SiteFacts) -> None:
    """Put what no demo has onto a site: a complaint, a request about personal data, a page that was read."""
    now, prefix = instance.clock.now(), site.reference_prefix
    complaint = Complaining(contact="somebody at home", what_happened="My answer was shown to others.")
    async with instance.desk(site).writing() as session:
        await receive(session, complaint, now=now, prefix=prefix)
        await open_request(session, RequestKind.ACCESS, "0" * 64, received=now, prefix=prefix)
        await session.commit()
    instance.platform.counts.add(site.id, "view", f"/{site.slug}-only")
    await instance.platform.counts.flush()


async def keep_files(instance: Instance, site: SiteFacts) -> None:
    """Keep a private and a public file on a site, with its mark in the content."""
    for public in (False, True):
        words = f"words of {mark_of(site)}, {'for all' if public else 'for some'}".encode()
        wanted = Wanted(purpose="probe", public=public)
        await keep_content(instance.desk(site), words, name="Some words.txt", wanted=wanted)


async def index_everything(instance: Instance, site: SiteFacts) -> None:
    """Let search find what has been marked behind its back."""
    for plugin in PLUGINS:
        async for _ in index_plugin(instance.desk(site), plugin, [], force=True):
            pass


@pytest_asyncio.fixture
async def marked(tmp_path: Path, database: str) -> AsyncIterator[Instance]:
    """An instance with demo content on both sites; every text of a site holds that site's mark."""
    instance = await start_instance(tmp_path / "instance", PLUGINS, database=database, filled=True)
    for owned in instance.platform.registry.seeds:
        await owned.item.run(instance.desk(instance.other_site))
    for site in (instance.site, instance.other_site):
        await ask_about_oneself(instance, site)
        await keep_files(instance, site)
        await mark_everything(instance, site)
    await instance.platform.load_directory()
    for site in (instance.site, instance.other_site):
        await index_everything(instance, site)
    yield instance
    await instance.close()
