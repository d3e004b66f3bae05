"""The pytest fixtures ``app``, ``instance``, ``client``, ``staff_client`` and ``api``.

Set ``FOLKMOOT_PLUGINS = ("consultation",)`` in a test module to say which plugins the instance has. Tests that use an
instance run once for each database that ``folkmoot_databases`` names in pytest's configuration (default: SQLite), or
that ``--databases`` names for one run.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from folkmoot.testing.instance import Client, Instance

AppFactory = Callable[[Sequence[str]], Awaitable["Instance"]]


DATABASES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the repository, or a run, say which databases tests of instances run on."""
    parser.addini("folkmoot_databases", "databases that tests of instances run on", type="args", default=["sqlite"])
    parser.addoption("--databases", help="databases for this run, with commas: sqlite,postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that starts an instance on every database."""
    if "database" not in metafunc.fixturenames:
        return
    given = metafunc.config.getoption("--databases")
    kinds = given.split(",") if given else metafunc.config.getini("folkmoot_databases")
    if unknown := set(kinds) - set(DATABASES):
        raise pytest.UsageError(f"There is no database {', '.join(sorted(unknown))}: there are {', '.join(DATABASES)}.")
    only = metafunc.definition.get_closest_marker("only_on")
    metafunc.parametrize("database", [kind for kind in kinds if only is None or kind in only.args], scope="session")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "only_on(kind): a test of what only that database does")


def pytest_unconfigure() -> None:
    """Remove what the run has made on a PostgreSQL server."""
    if postgres := sys.modules.get("folkmoot.testing.postgres"):
        postgres.clear()


@pytest_asyncio.fixture
async def app(tmp_path: Path, database: str) -> AsyncIterator[Any]:
    """A factory: ``instance = await app(plugins=["consultation"])``."""
    from folkmoot.testing.instance import start_instance

    started: list[Instance] = []

    async def start(plugins: Sequence[str] = (), **options: Any) -> "Instance":
        folder = tmp_path / f"instance-{len(started)}"
        instance = await start_instance(folder, plugins, **{"database": database, **options})
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
