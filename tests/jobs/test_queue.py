"""Asking for work: kept if and only if the transaction that causes it is, and asked for twice is asked for once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from folkmoot.kernel.ids import new_id
from folkmoot.store.jobs import queue
from folkmoot.store.jobs.models import JobRow
from folkmoot.store.jobs.queue import emit, enqueue, event_row
from folkmoot.testing import Instance
from folkmoot.web.platform import Platform


async def test_a_job_is_asked_for_when_the_caller_commits(tally: Any) -> None:
    async with tally.platform.database.writing(tally.instance.site.id) as session:
        await enqueue(session, "tally.count", at=tally.instance.clock.now())
        # What caused it goes wrong: nothing is committed.
    assert await tally.jobs() == []
    job_id = await tally.ask("tally.count", {"number": 7})
    assert [job.id for job in await tally.jobs()] == [job_id]
    assert await tally.instance.work() == 1
    assert await tally.effects() == {job_id: 1}


async def test_asked_for_again_while_it_waits_is_asked_for_once(tally: Any) -> None:
    first = await tally.ask("tally.count", key="digest")
    assert await tally.ask("tally.count", key="digest") == first
    assert await tally.ask("tally.count", key="another") != first
    assert await tally.ask("tally.carelessly", key="digest") != first
    await tally.ask("tally.count", key="digest", site=tally.instance.other_site)
    assert await tally.instance.work() == 4
    # It waits no more, so it can be asked for anew.
    assert await tally.ask("tally.count", key="digest") != first


async def test_a_job_starts_not_before_its_time(tally: Any) -> None:
    clock = tally.instance.clock
    job_id = await tally.ask("tally.count", run_at=clock.now() + timedelta(hours=3))
    clock.move(hours=2, minutes=59)
    assert await tally.instance.work() == 0
    clock.move(minutes=1)
    assert await tally.instance.work() == 1
    assert (await tally.job(job_id)).state == "done"


async def test_everyone_who_listens_hears_of_an_event(tally: Any) -> None:
    instance = tally.instance
    async with tally.platform.database.writing(instance.site.id) as session:
        event = await emit(session, "tally.happened", {"number": 3}, at=instance.clock.now())
        await session.commit()
    assert await instance.work() == 3
    heard = await tally.jobs("tally.hear_one") + await tally.jobs("tally.hear_two")
    assert [(job.state, job.arguments) for job in heard] == [("done", {"number": 3})] * 2
    assert (await tally.job(event)).state == "done"
    assert set((await tally.effects()).values()) == {1}


async def test_an_event_that_is_handed_on_again_is_heard_once(tally: Any) -> None:
    """A worker that goes after the fan-out and before it has said so leaves the event to the next one."""
    instance = tally.instance
    async with tally.platform.database.writing(instance.site.id) as session:
        event = await emit(session, "tally.happened", at=instance.clock.now())
        await session.commit()
    await instance.work()
    async with tally.platform.database.writing(instance.site.id) as session:
        row = await session.get(JobRow, (instance.site.id, event))
        row.state, row.finished_at, row.run_at = "running", None, instance.clock.now()
        session.add(row)
        await session.commit()
    assert await instance.work() == 1
    assert len(await tally.jobs()) == 3
    assert set((await tally.effects()).values()) == {1}


async def test_an_event_that_the_writer_saves_is_heard_as_well(tally: Any) -> None:
    from folkmoot.store.writer import Change

    instance = tally.instance
    row = event_row(instance.site.id, "tally.happened", {"number": 5}, at=instance.clock.now())
    change = Change(instance.site.id, (row,), event="tally.sent", object_id=new_id())
    await tally.platform.database.writer.save(change)
    assert await instance.work() == 3
    assert [job.arguments for job in await tally.jobs("tally.hear_two")] == [{"number": 5}]


async def test_an_event_that_nobody_listens_for_is_done_with(instance: Instance) -> None:
    async with instance.platform.database.writing(instance.site.id) as session:
        await emit(session, "nobody.listens", at=instance.clock.now())
        await session.commit()
    assert await instance.work() == 1


@pytest.fixture
def told() -> Any:
    heard: list[str] = []
    listener: Callable[[], None] = lambda: heard.append("asked")  # noqa: E731
    queue.on_asked.add(listener)
    yield heard
    queue.on_asked.discard(listener)


async def test_a_worker_of_the_process_is_told_after_the_commit_and_not_before(tally: Any, told: list[str]) -> None:
    platform: Platform = tally.platform
    async with platform.database.writing(tally.instance.site.id) as session:
        await enqueue(session, "tally.count", at=platform.clock.now())
        assert told == []
        await session.commit()
        assert told == ["asked"]
    async with platform.database.writing(tally.instance.site.id) as session:
        await session.commit()
    assert told == ["asked"]
