"""Sites with something in every part of them."""

import sys
from pathlib import Path
from typing import Any

import pytest_asyncio

from folkmoot.testing import Instance

sys.path.insert(0, str(Path(__file__).parent))

from comparing import PLUGINS, Start


async def fill(instance: Instance, site: Any = None) -> None:
    """Put the demo's content and a member of staff into a site."""
    desk = instance.desk(site)
    for owned in instance.platform.registry.seeds:
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
