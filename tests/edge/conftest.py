"""An instance with the demo's content, in this process."""

from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import pytest_asyncio

from folkmoot.testing import Instance, start_instance

PLUGINS = tuple(sorted(point.name for point in entry_points(group="folkmoot.plugins")))


@pytest_asyncio.fixture
async def filled(tmp_path: Path, request: pytest.FixtureRequest, database: str) -> AsyncIterator[Instance]:
    """Two sites, the first with the demo's content: of every plugin, or of those in the module's FOLKMOOT_PLUGINS."""
    plugins = getattr(request.module, "FOLKMOOT_PLUGINS", PLUGINS)
    instance = await start_instance(tmp_path / "instance", plugins, database=database, filled=True)
    yield instance
    await instance.close()
