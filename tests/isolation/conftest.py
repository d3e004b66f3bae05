"""Two sites full of content, each with marks of its own in every text, in one instance with all plugins."""

import sys
from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from probing import mark_everything

from folkmoot.testing import Instance, start_instance

PLUGINS = tuple(sorted(point.name for point in entry_points(group="folkmoot.plugins")))


@pytest_asyncio.fixture
async def marked(tmp_path: Path, database: str) -> AsyncIterator[Instance]:
    """An instance with demo content on both sites; every text of a site holds that site's mark."""
    instance = await start_instance(tmp_path / "instance", PLUGINS, database=database, filled=True)
    for owned in instance.platform.registry.seeds:
        await owned.item.run(instance.desk(instance.other_site))
    for site in (instance.site, instance.other_site):
        await mark_everything(instance, site)
    await instance.platform.load_directory()
    yield instance
    await instance.close()
