"""The index is made and taken away whole, on both databases, with what SQLAlchemy knows nothing of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.store.migrations import CORE_LINEAGE, drift, runner, schema
from folkmoot.testing import postgres

FUNCTIONS = "select proname from pg_proc where pronamespace = current_schema()::regnamespace"


@pytest.fixture
def urls(tmp_path: Path, database: str) -> Iterator[DatabaseUrls]:
    """A database without tables."""
    if database == "sqlite":
        yield DatabaseUrls(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    made = postgres.empty_database()
    yield made
    postgres.drop_database(made)


def go_to(urls: DatabaseUrls, revision: str, *, down: bool = False) -> None:
    def work(connection: sa.Connection) -> None:
        from alembic import command

        (command.downgrade if down else command.upgrade)(runner._config(CORE_LINEAGE, connection), revision)

    runner._in_transaction(urls, work)


def functions(urls: DatabaseUrls) -> list[str]:
    found = postgres.run_sql(urls.owner, FUNCTIONS) if urls.dialect == "postgresql" else []
    return sorted(row[0] for row in found)


def test_the_index_comes_and_goes_without_a_trace(urls: DatabaseUrls) -> None:
    go_to(urls, "core_0003")
    before, functions_before = schema(urls), functions(urls)
    go_to(urls, "core_0004")
    made, functions_made = schema(urls), functions(urls)
    assert any("fts_core_search" in str(row) for row in made)
    go_to(urls, "core_0003", down=True)
    assert (schema(urls), functions(urls)) == (before, functions_before)
    go_to(urls, "core_0004")
    assert (schema(urls), functions(urls)) == (made, functions_made)


def test_nobody_takes_the_index_for_a_table_of_ours(urls: DatabaseUrls) -> None:
    go_to(urls, "head")
    assert [change for change in drift(urls, CORE_LINEAGE) if "search" in str(change)] == []
