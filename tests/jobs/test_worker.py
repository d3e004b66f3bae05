"""The worker inside of ``folkmoot serve``: wakes when asked, rests when not, stops politely."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from folkmoot.kernel.clock import SystemClock
from folkmoot.store.jobs import queue
from folkmoot.web import embedded_worker, worker
from folkmoot.web.embedded_worker import EmbeddedWorker
from folkmoot.web.worker import Worker

PATIENCE = 20


@asynccontextmanager
async def working(made: Worker) -> AsyncIterator[Worker]:
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def until(tally: Any, job_id: Any, state: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await tally.job(job_id)).state != state:
            await asyncio.sleep(0.02)


async def test_a_job_that_this_process_asks_for_is_begun_without_waiting_for_the_next_look(tally: Any) -> None:
    with patch.object(worker, "LOOK_EVERY_SECONDS", 3600.0):
        async with working(EmbeddedWorker(tally.platform)):
            await asyncio.sleep(0.1)
            await until(tally, await tally.ask("tally.count"), "done")


async def test_a_job_that_another_process_asks_for_is_found_by_looking(tally: Any) -> None:
    with patch.object(worker, "LOOK_EVERY_SECONDS", 0.05), patch.object(queue, "on_asked", set()):
        async with working(EmbeddedWorker(tally.platform)):
            with patch.object(queue, "on_asked", set()):
                job_id = await tally.ask("tally.count")
            await until(tally, job_id, "done")


async def test_a_long_job_does_not_hold_up_the_others(tally: Any) -> None:
    async with working(EmbeddedWorker(tally.platform)):
        long = await tally.ask("tally.count", {"pause": 5})
        await until(tally, long, "running")
        await until(tally, await tally.ask("tally.count"), "done")
        assert (await tally.job(long)).state == "running"


async def test_schedules_are_looked_at_when_starting_up_is_over(tally: Any) -> None:
    await tally.instance.work()
    tally.instance.clock.move(days=1)
    with patch.object(worker, "FIRST_SCHEDULES_SECONDS", 0.0):
        async with working(EmbeddedWorker(tally.platform)), asyncio.timeout(PATIENCE):
            while not await tally.jobs("tally.nightly"):
                await asyncio.sleep(0.02)


async def test_stopping_waits_for_the_job_in_hand_and_takes_no_other(tally: Any) -> None:
    made = Worker(tally.platform, hands=1)
    await made.start()
    job_id, next_id = await tally.ask("tally.count", {"pause": 0.5}), None
    await until(tally, job_id, "running")
    next_id = await tally.ask("tally.count")
    await made.stop()
    assert (await tally.job(job_id)).state == "done"
    assert (await tally.job(next_id)).state == "queued"


async def test_a_job_that_does_not_end_is_left_to_its_lease(tally: Any) -> None:
    job_id = await tally.ask("tally.count", {"pause": 60})
    made = Worker(tally.platform)
    await made.start()
    await until(tally, job_id, "running")
    with patch.object(worker, "STOP_SECONDS", 0.1):
        await made.stop()
    assert (await tally.job(job_id)).state == "running"
    assert await tally.effects() == {}


async def test_a_database_that_is_away_for_a_while_does_not_end_the_worker(tally: Any) -> None:
    looked, whole = [], Worker._look

    async def failing(self: Worker) -> None:
        looked.append(1)
        if len(looked) <= 2:
            raise ConnectionError("gone")
        await whole(self)

    with patch.object(worker, "LOOK_EVERY_SECONDS", 0.05), patch.object(Worker, "_look", failing):
        async with working(Worker(tally.platform)):
            await until(tally, await tally.ask("tally.count"), "done")


async def test_heavy_jobs_are_done_in_a_process_of_their_own(tally: Any, now: datetime) -> None:
    tally.platform.clock = SystemClock()
    with patch.object(worker, "LOOK_EVERY_SECONDS", 0.05):
        async with working(EmbeddedWorker(tally.platform)) as made:
            job_id = await tally.ask("tally.hard", {"pause": 0.3}, at=now)
            await until(tally, job_id, "running")
            doing = (await tally.job(job_id)).worker
            assert doing.partition("-")[0] != made.name.partition("-")[0]
            await until(tally, job_id, "done")
    assert await tally.effects() == {job_id: 1}


async def test_a_process_for_heavy_jobs_that_cannot_start_is_not_started_again_and_again(tally: Any) -> None:
    started: list[Any] = []

    class Broken(EmbeddedWorker):
        def command(self) -> list[str]:
            started.append(1)
            return ["false"]

    with patch.object(worker, "LOOK_EVERY_SECONDS", 0.02):
        await tally.ask("tally.hard")
        async with working(Broken(tally.platform)):
            await asyncio.sleep(0.5)
    assert len(started) == 1
    assert embedded_worker.AFTER_FAILURE_SECONDS >= 10


async def test_stopping_ends_the_process_for_heavy_jobs(tally: Any, now: datetime) -> None:
    tally.platform.clock = SystemClock()
    made = EmbeddedWorker(tally.platform, lease=timedelta(seconds=30))
    with patch.object(worker, "LOOK_EVERY_SECONDS", 0.05), patch.object(embedded_worker, "STOP_SECONDS", 0.2):
        await made.start()
        job_id = await tally.ask("tally.hard", {"pause": 60}, at=now)
        await until(tally, job_id, "running")
        child = made._child
        await made.stop()
    assert child is not None
    assert child.returncode is not None
    assert (await tally.job(job_id)).state == "running"
