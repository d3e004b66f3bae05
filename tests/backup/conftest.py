"""Sites with something in every part of them."""

import sys
from pathlib import Path
from typing import Any

import pytest_asyncio

from folkmoot.testing import Instance

sys.path.insert(0, str(Path(__file__).parent))

from comparing import PLUGINS, Start

# Enough for most tests; the figures of the dashboard take longer to write than all else together.
SMALL = ("consultation", "feedback")


async def fill(instance: Instance, site: Any = None, plugins: tuple[str, ...] = SMALL) -> None:
    """Put plugins' demo content and a member of staff into a site."""
    desk = instance.desk(site)
    for owned in instance.platform.registry.seeds:
        if owned.plugin in plugins:
            await owned.item.run(desk)
    await instance.staff_client(site=site)
    await instance.api(site=site)


@pytest_asyncio.fixture
async def start(app: Any) -> Start:
    """Starts an instance with all plugins: ``await start(filled=True)``."""

    async def begin(*, filled: bool = False, **options: Any) -> Instance:
        instance: Instance = await app(plugins=PLUGINS, **options)
        if filled:
            await fill(instance)
            await fill(instance, instance.other_site)
        return instance

    return begin


@pytest_asyncio.fixture
async def full(start: Start) -> Instance:
    """An instance with two sites that both have content."""
    return await start(filled=True)


@pytest_asyncio.fixture
async def fullest(start: Start) -> Instance:
    """An instance whose first site has everything that the plugins' demo has."""
    instance = await start()
    await fill(instance, plugins=PLUGINS)
    return instance
