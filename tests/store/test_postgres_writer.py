"""The writer on PostgreSQL: nobody fails for a neighbour, nothing acknowledged is lost, an outage is a sentence."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from sqlmodel import select

from folkmoot.audit.chain import first_broken, record
from folkmoot.forms.models import Form
from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import Busy, Unavailable
from folkmoot.store.postgres_writer import ON_THE_DISK, PostgresWriter
from folkmoot.store.writer import Change, Row
from folkmoot.testing import Instance
from folkmoot.testing.instance import START
from folkmoot.testing.postgres import run_sql, server

pytestmark = pytest.mark.only_on("postgresql")


def change(site_id: UUID) -> Change:
    form_id = new_id()
    row = Row.of(Form, site_id, id=form_id, owner="test", created_at=START)
    return Change(site_id, (row,), event="test.saved", object_id=form_id)


async def saved(instance: Instance) -> int:
    async with instance.desk().reading() as session:
        return len((await session.exec(select(Form))).all())


def cut(instance: Instance, application: str) -> int:
    """Cut off the connections of an application to the instance's database, and return how many there were."""
    name = instance.platform.configuration.database_urls().app.rpartition("/")[2]
    ended = run_sql(
        server(),
        "select pg_terminate_backend(pid) from pg_stat_activity"
        f" where datname = '{name}' and application_name = '{application}'",
    )
    return len(ended)


async def sync_faults(url: str, settings: dict[str, str]) -> list[str]:
    """What keeps a commit of a connection with these settings from being on the disk."""
    connection = await asyncpg.connect(url, server_settings=settings)
    shown = {name: await connection.fetchval(f"show {name}") for name in ("synchronous_commit", "fsync")}
    await connection.close()
    return [f"{name} is {value}" for name, value in shown.items() if value != "on"]


async def test_the_writers_commits_wait_for_the_disk(instance: Instance) -> None:
    url = instance.platform.configuration.database_urls().system
    assert await sync_faults(url, ON_THE_DISK) == []
    # The twin that does not wait is caught.
    assert await sync_faults(url, ON_THE_DISK | {"synchronous_commit": "off"}) == ["synchronous_commit is off"]


async def test_each_commit_is_at_least_one_sync_of_the_log(instance: Instance) -> None:
    url = instance.platform.configuration.database_urls().system
    position = "select pg_current_wal_flush_lsn() - '0/0'"
    writer = instance.platform.database.writer
    flushed = [run_sql(url, position)[0][0]]
    for _ in range(20):
        await writer.save(change(instance.site.id))
        flushed.append(run_sql(url, position)[0][0])
    # What was flushed to the disk has grown by the time that each change is acknowledged.
    assert flushed == sorted(set(flushed))


async def test_changes_of_many_sites_and_editors_seal_one_sound_log_each(instance: Instance) -> None:
    writer = instance.platform.database.writer

    async def edit(number: int) -> None:
        async with instance.desk().writing() as session:
            await record(session, at=START, actor=f"editor {number}", action="test.edited", object_id=new_id())
            await session.commit()

    sites = (instance.site.id, instance.other_site.id)
    saves = [writer.save(change(site)) for site in sites * 150]
    await asyncio.gather(*saves, *(edit(number) for number in range(30)))
    for site in (instance.site, instance.other_site):
        async with instance.desk(site).reading() as session:
            assert await first_broken(session) is None
    assert await saved(instance) == 150


async def test_a_cut_connection_is_a_sentence_and_the_next_change_is_saved(instance: Instance) -> None:
    writer = instance.platform.database.writer
    await asyncio.gather(*(writer.save(change(instance.site.id)) for _ in range(300)))
    assert cut(instance, "folkmoot-writer") > 0
    outcomes = await asyncio.gather(*(writer.save(change(instance.site.id)) for _ in range(4)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {Unavailable, type(None)}
    for _ in range(4):
        await writer.save(change(instance.site.id))
    assert await saved(instance) == 304 + sum(outcome is None for outcome in outcomes)


async def test_a_pool_whose_connections_were_cut_off_recovers(instance: Instance) -> None:
    await saved(instance)
    assert cut(instance, "folkmoot") > 0
    tries = 0
    while True:
        try:
            assert await saved(instance) == 0
            break
        except Unavailable:
            tries += 1
    assert tries <= 1


async def test_a_server_that_is_not_there_is_a_sentence() -> None:
    writer = PostgresWriter("postgresql://nobody@127.0.0.1:1/nothing")
    await writer.open()
    with pytest.raises(Unavailable, match="cannot reach its database"):
        await writer.save(change(new_id()))
    await writer.close()
    with pytest.raises(Busy):
        await writer.save(change(new_id()))


async def test_a_full_queue_says_so_and_saves_nothing(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("folkmoot.store.writer.WAITING", 2)
    writer = instance.platform.database.writer
    outcomes = await asyncio.gather(*(writer.save(change(instance.site.id)) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [Busy] * 3
    assert await saved(instance) == 2


async def test_closing_saves_what_waits_and_takes_no_more(instance: Instance) -> None:
    writer = PostgresWriter(instance.platform.configuration.database_urls().system)
    await writer.open()
    waiting = [asyncio.create_task(writer.save(change(instance.site.id))) for _ in range(30)]
    await asyncio.sleep(0)
    await writer.close()
    await asyncio.gather(*waiting)
    assert await saved(instance) == 30
    with pytest.raises(Busy):
        await writer.save(change(instance.site.id))
