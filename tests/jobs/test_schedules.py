"""Schedules over sites, workers and restarts: each instant once, and none twice."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from folkmoot.sites.service import find_site, switch_plugin
from folkmoot.store.jobs.models import Schedule
from folkmoot.web import schedules as module
from folkmoot.web.schedules import Schedules

NAME = "tally.nightly"


async def nights(tally: Any) -> list[datetime]:
    return [job.run_at for job in await tally.jobs(NAME)] + [
        job.run_at for job in await tally.jobs(NAME, tally.instance.other_site)
    ]


async def test_a_schedule_is_due_on_each_site_once_a_night(tally: Any) -> None:
    await tally.instance.work()
    assert await nights(tally) == []
    for _ in range(3):
        tally.instance.clock.move(days=1)
        await tally.instance.work()
        await tally.instance.work()
    for site in (tally.instance.site, tally.instance.other_site):
        made = [job.created_at.day for job in await tally.jobs(NAME, site)]
        assert made == [3, 4, 5]


async def test_a_restart_runs_nothing_twice(tally: Any) -> None:
    tally.instance.clock.move(days=1)
    for _ in range(3):
        # A new process each time.
        await Schedules(tally.platform).look()
        await tally.instance.work()
    await tally.instance.work()
    assert len(await nights(tally)) <= 2
    tally.instance.clock.move(days=1)
    for _ in range(3):
        await Schedules(tally.platform).look()
        await tally.instance.work()
    assert len(await nights(tally)) == 2


async def test_what_was_missed_while_nothing_ran_is_made_up_for_once(tally: Any) -> None:
    await tally.instance.work()
    tally.instance.clock.move(days=20)
    await tally.instance.work()
    assert len(await tally.jobs(NAME)) == 1


async def many(tally: Any) -> None:
    await tally.instance.work()
    workers = [Schedules(tally.platform) for _ in range(5)]
    for each in workers:
        await each.look()
    tally.instance.clock.move(days=1)
    await asyncio.gather(*(each.look() for each in workers))


async def test_many_workers_queue_an_instant_once(tally: Any) -> None:
    await many(tally)
    assert len(await nights(tally)) == 2


async def test_a_twin_that_does_not_ask_who_was_first_is_caught(tally: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def queue_anyhow(session: Any, name: str, *, instant: datetime, sites: Any, at: datetime) -> int:
        from folkmoot.store.jobs.models import JobRow

        session.add_all(JobRow(site_id=site, name=name, run_at=instant, created_at=at) for site in sites)
        await session.commit()
        return 0

    monkeypatch.setattr(module, "queue_scheduled", queue_anyhow)
    await many(tally)
    assert len(await nights(tally)) == 10


async def test_one_that_still_runs_is_not_asked_for_again(tally: Any) -> None:
    await tally.instance.work()
    schedules = Schedules(tally.platform)
    for _ in range(4):
        tally.instance.clock.move(days=1)
        await schedules.look(since=datetime(2026, 11, 1, tzinfo=UTC))
    assert len(await tally.jobs(NAME)) == 1


async def test_a_plugin_that_is_off_or_a_site_that_is_suspended_has_no_schedule(tally: Any) -> None:
    instance = tally.instance
    await instance.work()
    async with tally.platform.database.system_writing() as session:
        site = await find_site(session, instance.site.slug)
        await switch_plugin(session, site, "tally", on=False, at=instance.clock.now())
        (other := await find_site(session, instance.other_site.slug)).status = "suspended"
        session.add(other)
        await session.commit()
    await tally.platform.load_directory()
    instance.clock.move(days=1)
    await instance.work()
    assert await nights(tally) == []


async def test_a_schedule_has_one_row_however_many_sites_there_are(tally: Any) -> None:
    await tally.instance.work()
    tally.instance.clock.move(days=2)
    await tally.instance.work()
    async with tally.platform.database.system_reading() as session:
        row = await session.get(Schedule, NAME)
    assert row.last_at == datetime(2026, 11, 4, 1, 30, tzinfo=UTC)


async def test_an_expression_that_means_nothing_stops_no_other_schedule(
    tally: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schedules = Schedules(tally.platform)
    await schedules.look()
    tally.instance.clock.move(days=1)
    whole = module.latest

    def odd(expression: str, now: datetime) -> datetime | None:
        return whole("61 * * * *" if expression == "40 3 * * *" else expression, now)

    monkeypatch.setattr(module, "latest", odd)
    await schedules.look()
    assert "schedule not understood" in capsys.readouterr().err
    assert len(await tally.jobs(NAME)) == 1
