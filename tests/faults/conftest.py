"""What several tests of faults share: a PostgreSQL server that may be killed, with an instance on it."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.postgres_server import PostgresServer
from folkmoot.testing import postgres

# Tables of plugins come before the first instance of the process: with it the criterion of the first wall is set.
for name in ("consultation", "dashboard", "feedback", "publication"):
    importlib.import_module(f"folkmoot_{name}.models")


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A server of this module's own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def mortal(own_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> PostgresServer:
    """The module's own server, on which the instance of this test is then made: ask for it before ``instance``."""
    monkeypatch.setattr(postgres, "server", lambda: own_postgres.url)
    monkeypatch.setattr(postgres, "_templates", {})
    return own_postgres
