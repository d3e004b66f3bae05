"""Migrations on data: down and up again changes no row, four at once are one, and half-way is not served."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.serving import serving
from folkmoot.kernel.settings import Configuration, DatabaseUrls
from folkmoot.store.migrations import CORE_LINEAGE, Lineage, current, drift, runner, undo, upgrade
from folkmoot.testing import Instance
from folkmoot.testing.instance import write_configuration
from folkmoot.web.application import lineages

pytestmark = pytest.mark.slow
PLUGINS = ("consultation", "dashboard", "feedback", "publication")
Rows = dict[str, list[tuple[Any, ...]]]


def on(urls: DatabaseUrls, work: Callable[[sa.Connection], Any]) -> Any:
    """Run work as the owner of the tables."""
    return runner._in_transaction(urls, work)


def step_down(urls: DatabaseUrls, lineage: Lineage, revision: str) -> None:
    """Take migrations of a lineage back as far as a revision."""
    from alembic import command

    on(urls, lambda connection: command.downgrade(runner._config(lineage, connection), revision))


def columns(connection: sa.Connection) -> dict[str, list[str]]:
    inspector = sa.inspect(connection)
    return {table: [c["name"] for c in inspector.get_columns(table)] for table in inspector.get_table_names()}


def rows(wanted: dict[str, list[str]], connection: sa.Connection) -> Rows:
    """Return the rows of tables with some of their columns, in an order of their own."""
    found: Rows = {}
    for table, names in wanted.items():
        if not table.startswith("alembic_"):
            text = f"select {', '.join(names)} from {table}"
            read = (tuple(_value(one) for one in row) for row in connection.exec_driver_sql(text))
            found[table] = sorted(read, key=repr)
    return found


def _value(one: Any) -> Any:
    """Return a value; of an object in JSON the keys in one order."""
    if isinstance(one, str) and one.startswith("{"):
        with contextlib.suppress(ValueError):
            return json.dumps(json.loads(one), sort_keys=True)
    return json.dumps(one, sort_keys=True) if isinstance(one, (dict, list)) else one


def shape(connection: sa.Connection) -> list[str]:
    """Return everything that makes up the tables, in words that do not depend on how they came to be so."""
    inspector, told = sa.inspect(connection), []
    for table in inspector.get_table_names():
        told += [
            f"{table} {c['name']} {c['type']} {c['nullable']} {c['default']}" for c in inspector.get_columns(table)
        ]
        told.append(f"{table} key {inspector.get_pk_constraint(table)['constrained_columns']}")
        for kind in ("foreign_keys", "unique_constraints", "indexes", "check_constraints"):
            told += [f"{table} {kind} {_plain(one)}" for one in getattr(inspector, f"get_{kind}")(table)]
    if connection.dialect.name == "postgresql":
        policies = "select tablename, policyname, roles::text, qual, with_check from pg_policies"
        told += [str(tuple(row)) for row in connection.exec_driver_sql(policies)]
    return sorted(told)


def _plain(value: Any) -> str:
    """Return a part of a table in words, clauses of SQL as their text."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(value[name])}" for name in sorted(value))
    return str(value)


@pytest.fixture
async def filled(app: Any) -> Instance:
    """An instance with the content of the demo, closed: nobody else has the database open."""
    instance: Instance = await app(plugins=PLUGINS, filled=True)
    await instance.platform.close()
    return instance


def urls_of(instance: Instance) -> DatabaseUrls:
    return instance.platform.configuration.database_urls()


def round_trip(instance: Instance) -> tuple[Rows, list[str]]:
    """Take core down to its first migration and up again; return its rows half-way, and what is not as before."""
    urls, ours = urls_of(instance), lineages(instance.platform.registry)
    before, everything = on(urls, shape), on(urls, columns)
    held = on(urls, partial(rows, everything))
    step_down(urls, CORE_LINEAGE, "core_0001")
    low = on(urls, lambda connection: rows(columns(connection), connection))
    upgrade(urls, ours)
    after, kept = on(urls, shape), on(urls, partial(rows, everything))
    wrong = [line for line in {*before, *after} if (line in before) != (line in after)]
    # Tables that came later are empty after the way back; all that there were at first keep what they have.
    wrong += [f"the rows of {table} are not as before" for table in low if table in held and held[table] != kept[table]]
    return low, wrong


async def test_down_and_up_again_leaves_tables_and_rows_as_they_were(
    filled: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    low, wrong = round_trip(filled)
    with capsys.disabled():
        number = sum(len(found) for found in low.values())
        where = f"{number} rows in {len(low)} tables"
        print(f"\nmigrations of core down and up ({filled.database}): {where}, wrong {len(wrong)}")
    assert wrong == []
    assert low["core_form_submission"]
    assert low["core_form_answer"]
    assert [drift(urls_of(filled), lineage) for lineage in lineages(filled.platform.registry)] == [[]] * 5


async def test_a_way_back_that_loses_a_row_is_caught(filled: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    down = step_down

    def careless(urls: DatabaseUrls, *where: Any) -> None:
        down(urls, *where)
        text = "delete from core_form_answer where id = (select min(id::text) from core_form_answer)::uuid"
        if urls.dialect == "sqlite":
            text = "delete from core_form_answer where id = (select min(id) from core_form_answer)"
        on(urls, lambda connection: connection.exec_driver_sql(text))

    monkeypatch.setattr(sys.modules[__name__], "step_down", careless)
    _, wrong = round_trip(filled)
    assert wrong == ["the rows of core_form_submission are not as before"]


async def test_a_plugin_taken_away_and_brought_back_leaves_the_others_alone(filled: Instance) -> None:
    urls, ours = urls_of(filled), lineages(filled.platform.registry)
    before, everything = on(urls, shape), on(urls, columns)
    for lineage in ours[1:]:
        others = {table: names for table, names in everything.items() if not table.startswith(lineage.prefix)}
        held = on(urls, partial(rows, others))
        undo(urls, lineage)
        assert not [table for table in on(urls, columns) if table.startswith(lineage.prefix)]
        assert on(urls, partial(rows, others)) == held
        upgrade(urls, ours)
        assert on(urls, shape) == before


@pytest.fixture
async def empty(tmp_path: Path, database: str) -> Any:
    """The configuration of an instance whose database has no tables yet."""
    from folkmoot.testing.postgres import drop_database, empty_database

    urls = None if database == "sqlite" else empty_database()
    yield write_configuration(tmp_path, PLUGINS[:1], urls)
    if urls is not None:
        drop_database(urls)


async def test_four_processes_that_migrate_at_once_all_succeed(
    empty: Configuration, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("FOLKMOOT_")}
    command = [sys.executable, "-m", "folkmoot.cli.main", "--config", str(empty.path), "db", "upgrade"]
    started = [
        subprocess.Popen(command, env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [await asyncio.to_thread(process.communicate) for process in started]
    succeeded = sum(process.returncode == 0 for process in started)
    with capsys.disabled():
        print(f"\nprocesses that migrate at once ({database}): {succeeded}/4")
    assert succeeded == 4, said
    wanted = [CORE_LINEAGE, Lineage(PLUGINS[0], f"folkmoot_{PLUGINS[0]}")]
    assert current(empty.database_urls(), wanted) == {lineage.name: lineage.head() for lineage in wanted}


@pytest.mark.parametrize(
    ("has", "advice"), [("core_0001", "folkmoot db upgrade"), ("core_9999", "run the version that made it")]
)
async def test_code_and_database_that_do_not_fit_are_not_served(filled: Instance, has: str, advice: str) -> None:
    text = f"update alembic_version_core set version_num = '{has}'"
    on(urls_of(filled), lambda connection: connection.exec_driver_sql(text))
    with serving(filled.platform.configuration.path) as server, pytest.raises(RuntimeError) as refused:
        await server.start()
    said = str(refused.value)
    assert "Traceback" not in said
    assert "core" in said
    assert advice in said
