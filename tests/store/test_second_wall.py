"""PostgreSQL's policies: what holds when the first wall, the session's filter, is gone."""

import asyncio
from collections.abc import AsyncIterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria
from sqlmodel import select

from folkmoot.forms.models import Form
from folkmoot.kernel.ids import new_id
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.spec.errors import ConfigurationFaults
from folkmoot.store import scoping
from folkmoot.store.database import open_database
from folkmoot.store.tables import SiteScoped
from folkmoot.testing import Instance, start_instance
from folkmoot.testing.instance import START
from folkmoot.testing.postgres import server, urls_of

pytestmark = pytest.mark.only_on("postgresql")
PLUGINS = tuple(sorted(point.name for point in entry_points(group="folkmoot.plugins")))


@pytest_asyncio.fixture
async def filled(tmp_path: Path, database: str) -> AsyncIterator[Instance]:
    """Both sites have the demo's content."""
    instance = await start_instance(tmp_path / "instance", PLUGINS, database=database, filled=True)
    for owned in instance.platform.registry.seeds:
        await owned.item.run(instance.desk(instance.other_site))
    yield instance
    await instance.close()


@pytest.fixture
def no_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = with_loader_criteria(SiteScoped, sa.true(), include_aliases=True)
    monkeypatch.setattr(scoping, "_criterion", lambda: everything)


async def seen(instance: Instance) -> tuple[int, int]:
    """How many rows of all tables a session of the first site sees, and how many of them are another site's."""
    rows = foreign = 0
    async with instance.desk().reading() as session:
        for owned in instance.platform.registry.tables:
            found = (await session.exec(select(owned.item))).all()
            rows += len(found)
            foreign += sum(row.site_id != instance.site.id for row in found)
    return rows, foreign


async def as_owner(instance: Instance, *statements: str) -> None:
    connection = await asyncpg.connect(instance.platform.configuration.database_urls().owner)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_without_the_first_wall_a_session_still_sees_its_own_site_only(
    filled: Instance, no_first_wall: None, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, foreign = await seen(filled)
    with capsys.disabled():
        print(f"\nsecond wall alone: {rows} rows seen, {foreign} of another site")
    assert rows > 100
    assert foreign == 0


async def test_a_database_without_policies_is_caught(filled: Instance, no_first_wall: None) -> None:
    """The twin of the test above: it would notice."""
    tables = [owned.item.__tablename__ for owned in filled.platform.registry.tables]
    await as_owner(filled, *(f"alter table {table} disable row level security" for table in tables))
    rows, foreign = await seen(filled)
    assert 0 < foreign < rows


async def test_rows_of_another_site_can_neither_be_written_nor_changed_nor_deleted(instance: Instance) -> None:
    other = instance.other_site.id
    async with instance.desk(instance.other_site).writing() as session:
        session.add(Form(owner="theirs", created_at=START))
        await session.commit()
    connection = await asyncpg.connect(instance.platform.configuration.database_urls().app)
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.site_id', $1, true)", str(instance.site.id))
            assert await connection.execute("update core_form set owner = 'mine'") == "UPDATE 0"
            assert await connection.execute("delete from core_form") == "DELETE 0"
        await connection.execute("select set_config('app.site_id', $1, false)", str(instance.site.id))
        insert = "insert into core_form (site_id, id, owner, created_at) values ($1, $2, 'x', now())"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(insert, other, new_id())
    finally:
        await connection.close()


async def test_a_transaction_that_names_no_site_sees_nothing(filled: Instance) -> None:
    connection = await asyncpg.connect(filled.platform.configuration.database_urls().app)
    for owned in filled.platform.registry.tables:
        assert await connection.fetchval(f"select count(*) from {owned.item.__tablename__}") == 0
    await connection.close()


WALLS = """
select c.relname, c.relrowsecurity,
  exists (select from information_schema.columns k where k.table_name = c.relname and k.column_name = 'site_id'),
  coalesce((select array_agg(p.policyname::text order by 1) from pg_policies p where p.tablename = c.relname), '{}'),
  has_table_privilege($1, c.oid, 'select'), c.relforcerowsecurity
from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
"""


# The index of search: nobody reads it but one function, which looks at the transaction's own site.
NOBODYS = {"fts_core_search"}


async def wall_faults(urls: DatabaseUrls) -> list[str]:
    """What is wrong with the walls of all tables, whoever made them."""
    connection = await asyncpg.connect(urls.system)
    rows = await connection.fetch(WALLS, "folkmoot_test_app")
    await connection.close()
    faults = []
    for table, secured, scoped, policies, readable, forced in rows:
        if table.startswith("alembic_version_"):
            faults += [f"{table}: the app role can read it"] if readable else []
            continue
        open_to_sites = scoped and table not in NOBODYS
        wanted = ["all_sites", "one_site"] if open_to_sites else [] if table in NOBODYS else ["all_sites"]
        if not secured or forced or policies != wanted or readable != open_to_sites:
            faults.append(f"{table}: {secured=} {forced=} {policies=} {readable=}")
    return faults


async def test_every_table_there_is_has_its_wall(filled: Instance) -> None:
    urls = filled.platform.configuration.database_urls()
    assert await wall_faults(urls) == []
    await as_owner(filled, "create table consultation_twin (site_id uuid, id uuid)")
    assert [fault.partition(":")[0] for fault in await wall_faults(urls)] == ["consultation_twin"]


async def test_a_role_that_the_policies_do_not_hold_is_refused_at_the_start(instance: Instance) -> None:
    urls = instance.platform.configuration.database_urls()
    name = urls.app.rpartition("/")[2]
    administrator = server().rpartition("/")[0] + f"/{name}"
    for app, reason in ((urls.owner, "owns tables"), (administrator, "is a superuser")):
        database = open_database(DatabaseUrls(app, urls.owner, urls.system))
        with pytest.raises(ConfigurationFaults, match=reason):
            await database.open()
        await database.close()


async def test_the_owner_is_not_held_so_that_a_migration_of_data_changes_all_rows(filled: Instance) -> None:
    connection = await asyncpg.connect(filled.platform.configuration.database_urls().owner)
    changed = await connection.execute("update core_form set owner = owner")
    total = await connection.fetchval("select count(distinct site_id) from core_form")
    await connection.close()
    assert total == 2
    assert int(changed.split()[1]) >= 2


async def test_a_pooled_connection_forgets_the_site_of_the_transaction_before(instance: Instance) -> None:
    async def owners(site: Any) -> list[str]:
        async with instance.desk(site).reading() as session:
            return [form.owner for form in (await session.exec(select(Form))).all()]

    for site in (instance.site, instance.other_site):
        async with instance.desk(site).writing() as session:
            session.add(Form(owner=site.slug, created_at=START))
            await session.commit()
    found = await asyncio.gather(*(owners(site) for site in (instance.site, instance.other_site) * 50))
    assert found == [["occs"], ["parent"]] * 50


def test_urls_name_a_role_each() -> None:
    urls = urls_of("anything")
    assert len({urls.app, urls.owner, urls.system}) == 3
