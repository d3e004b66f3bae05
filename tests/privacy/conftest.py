"""A person planted in every place that can hold one, and the raw looks at what is left of them."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from planting import PLUGINS, Planted, plant

from folkmoot.testing import Instance, start_instance


@pytest_asyncio.fixture
async def everywhere(tmp_path: Path, database: str) -> AsyncIterator[Instance]:
    """An instance with all plugins, on whose two sites nobody has been planted yet."""
    instance = await start_instance(tmp_path / "instance", PLUGINS, database=database)
    yield instance
    await instance.close()


@pytest_asyncio.fixture
async def planted(everywhere: Instance) -> Planted:
    """A person in every place of the first site, and in some of the second."""
    return await plant(everywhere)
