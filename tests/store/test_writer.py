"""The writer: durable in groups, fair, and nobody fails for a neighbour."""

import asyncio
import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from folkmoot.audit.chain import first_broken, record
from folkmoot.audit.models import AuditEntry
from folkmoot.forms.models import Form
from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import Busy, Clash
from folkmoot.store.sqlite import connect
from folkmoot.store.sqlite_writer import SqliteWriter
from folkmoot.store.writer import Change, Row
from folkmoot.testing import Instance
from folkmoot.testing.instance import START


def change(instance: Instance, form_id: UUID | None = None, **values: Any) -> Change:
    form_id = form_id or new_id()
    row = Row.of(Form, instance.site.id, id=form_id, owner="test", created_at=START, **values)
    return Change(instance.site.id, (row,), event="test.saved", object_id=form_id)


async def saved(instance: Instance) -> int:
    async with instance.desk().reading() as session:
        return len((await session.exec(select(Form))).all())


async def test_many_at_once_share_a_few_commits(instance: Instance) -> None:
    writer = instance.platform.database.writer
    before = writer.commits
    await asyncio.gather(*(writer.save(change(instance)) for _ in range(500)))
    assert await saved(instance) == 500
    assert writer.commits - before < 100


async def test_one_bad_row_fails_alone(instance: Instance) -> None:
    writer = instance.platform.database.writer
    twice = new_id()
    calls = [writer.save(change(instance, twice)), writer.save(change(instance, twice))]
    calls += [writer.save(change(instance)) for _ in range(20)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes[:2]} == {type(None), Clash}
    assert outcomes[2:] == [None] * 20
    assert await saved(instance) == 21


async def test_a_value_that_cannot_be_stored_is_the_callers_error_and_the_writer_goes_on(instance: Instance) -> None:
    writer = instance.platform.database.writer
    row = Row.of(Form, instance.site.id, owner="test", created_at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="without a time zone"):
        await writer.save(Change(instance.site.id, (row,), event="test.saved", object_id=new_id()))
    await writer.save(change(instance))
    assert await saved(instance) == 1


async def test_every_change_is_sealed_into_the_audit_log(instance: Instance) -> None:
    writer = instance.platform.database.writer
    await asyncio.gather(*(writer.save(change(instance)) for _ in range(50)))
    async with instance.desk().reading() as session:
        entries = (await session.exec(select(AuditEntry))).all()
        assert len(entries) == 50
        assert await first_broken(session) is None


async def test_an_entry_with_a_time_in_another_zone_is_sound(instance: Instance) -> None:
    async with instance.desk().writing() as session:
        at = START.replace(month=7).astimezone(ZoneInfo("Europe/London"))
        await record(session, at=at, actor="somebody", action="test.done", object_id=new_id())
        await session.commit()
    async with instance.desk().reading() as session:
        assert await first_broken(session) is None


@pytest.mark.only_on("sqlite")
async def test_tampering_is_found(instance: Instance) -> None:
    writer = instance.platform.database.writer
    for _ in range(5):
        await writer.save(change(instance))
    raw = connect(instance.platform.database.path)
    raw.execute("update core_audit_entry set actor = 'somebody' where sequence = 3")
    async with instance.desk().reading() as session:
        assert await first_broken(session) == 3
    raw.execute("delete from core_audit_entry where sequence = 3")
    raw.close()
    async with instance.desk().reading() as session:
        assert await first_broken(session) == 3


@pytest.mark.only_on("sqlite")
async def test_every_connection_makes_its_commits_durable(instance: Instance) -> None:
    database = instance.platform.database
    raw = connect(database.path)
    assert raw.execute("pragma synchronous").fetchone() == (2,)
    assert raw.execute("pragma journal_mode").fetchone() == ("wal",)
    assert raw.execute("pragma foreign_keys").fetchone() == (1,)
    raw.close()
    async with database.engine.connect() as connection:
        synchronous = (await connection.exec_driver_sql("pragma synchronous")).scalar()
    assert synchronous == 2


async def test_an_editor_waits_no_longer_than_a_few_batches(instance: Instance) -> None:
    writer = instance.platform.database.writer
    waits: list[float] = []

    async def submit() -> None:
        for _ in range(40):
            await writer.save(change(instance))

    async def edit() -> None:
        for _ in range(5):
            start = time.perf_counter()
            async with instance.desk().writing() as session:
                session.add(Form(owner="editor", created_at=START))
                await session.commit()
            waits.append(time.perf_counter() - start)

    commits = writer.commits
    await asyncio.gather(edit(), *(submit() for _ in range(20)))
    assert await saved(instance) == 805
    # Fair means: the editor's five turns came among the batches, not behind all of them.
    assert len(waits) == 5
    assert writer.commits > commits


@pytest.mark.only_on("sqlite")
async def test_a_turn_inside_a_turn_is_refused_at_once(instance: Instance) -> None:
    async with instance.desk().writing():
        with pytest.raises(RuntimeError, match="inside a turn"):
            async with instance.desk().writing():
                pass


@pytest.mark.only_on("sqlite")
async def test_a_full_queue_says_so_and_saves_nothing(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("folkmoot.store.writer.WAITING", 2)
    writer = SqliteWriter(lambda: connect(instance.platform.database.path))
    await writer.open()
    async with writer.turn():
        waiting = [asyncio.create_task(writer.save(change(instance))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await writer.save(change(instance))
    await asyncio.gather(*waiting)
    await writer.close()
    assert await saved(instance) == 2


@pytest.mark.only_on("sqlite")
async def test_closing_saves_what_waits_and_takes_no_more(instance: Instance) -> None:
    writer = SqliteWriter(lambda: connect(instance.platform.database.path))
    await writer.open()
    waiting = [asyncio.create_task(writer.save(change(instance))) for _ in range(30)]
    await asyncio.sleep(0)
    await writer.close()
    await asyncio.gather(*waiting)
    assert await saved(instance) == 30
    with pytest.raises(Busy):
        await writer.save(change(instance))


async def test_what_is_not_committed_is_rolled_back(instance: Instance) -> None:
    async with instance.desk().writing() as session:
        session.add(Form(owner="test", created_at=START))
        await session.flush()
    assert await saved(instance) == 0
