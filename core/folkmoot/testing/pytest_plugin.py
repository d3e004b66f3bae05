"""The pytest fixtures ``app``, ``instance``, ``client``, ``staff_client`` and ``api``.

Set ``FOLKMOOT_PLUGINS = ("consultation",)`` in a test module to say which plugins the instance has.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from folkmoot.testing.instance import Client, Instance

AppFactory = Callable[[Sequence[str]], Awaitable["Instance"]]


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    """A factory: ``instance = await app(plugins=["consultation"])``."""
    from folkmoot.testing.instance import start_instance

    started: list[Instance] = []

    async def start(plugins: Sequence[str] = (), **options: Any) -> "Instance":
        instance = await start_instance(tmp_path / f"instance-{len(started)}", plugins, **options)
        started.append(instance)
        return instance

    yield start
    for instance in started:
        await instance.close()


@pytest_asyncio.fixture
async def instance(app: Any, request: pytest.FixtureRequest) -> "Instance":
    """An instance with the plugins that the test module names in ``FOLKMOOT_PLUGINS``."""
    made: Instance = await app(plugins=tuple(getattr(request.module, "FOLKMOOT_PLUGINS", ())))
    return made


@pytest.fixture
def client(instance: "Instance") -> "Client":
    """An anonymous visitor of the first site."""
    return instance.client()


@pytest_asyncio.fixture
async def staff_client(instance: "Instance") -> "Client":
    """An administrator of the first site."""
    return await instance.staff_client()


@pytest_asyncio.fixture
async def api(instance: "Instance") -> "Client":
    """A program with a token for everything on the first site."""
    return await instance.api()
