"""How jobs end: done, tried again after a while, or set aside with a sentence for staff."""

from datetime import timedelta
from typing import Any

import pytest

from folkmoot.kernel.ids import new_id
from folkmoot.sites.service import find_site, switch_plugin
from folkmoot.store.jobs.backoff import backoff
from folkmoot.web import performing


async def test_a_job_that_fails_each_time_is_set_aside_after_its_tries(tally: Any) -> None:
    job_id = await tally.ask("tally.fail", {"email": "sam@example.org"})
    tried = []
    for _ in range(5):
        await tally.instance.work()
        tried.append((await tally.job(job_id)).attempts)
        tally.instance.clock.move(hours=7)
    assert tried == [1, 2, 3, 3, 3]
    job = await tally.job(job_id)
    assert (job.state, job.attempts, job.error) == ("dead", 3, performing.FAILED)
    assert job.finished_at is not None


async def test_the_log_names_the_error_and_where_it_arose_and_nothing_that_was_typed(
    tally: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    await tally.ask("tally.fail", {"email": "sam@example.org"})
    await tally.instance.work()
    logged = capsys.readouterr().err
    assert '"error": "ValueError"' in logged
    assert "folkmoot_tally/work.py:" in logged
    assert "sam@" not in logged


async def test_a_job_that_fails_waits_longer_each_time(tally: Any) -> None:
    job_id = await tally.ask("tally.fail")
    await tally.instance.work()
    job = await tally.job(job_id)
    pause = job.run_at - tally.instance.clock.now()
    assert (job.state, job.worker, job.finished_at) == ("queued", "", None)
    assert pause == backoff(job_id, 1)
    tally.instance.clock.move(seconds=pause.total_seconds() - 1)
    assert await tally.instance.work() == 0
    tally.instance.clock.move(seconds=1)
    assert await tally.instance.work() == 1
    assert (await tally.job(job_id)).run_at - tally.instance.clock.now() == backoff(job_id, 2)


def test_pauses_grow_to_hours_and_differ_from_job_to_job() -> None:
    one, other = new_id(), new_id()
    pauses = [backoff(one, attempt) for attempt in range(1, 12)]
    assert timedelta(seconds=24) <= pauses[0] <= timedelta(seconds=36)
    assert pauses[:5] == sorted(pauses[:5])
    assert max(pauses) <= timedelta(hours=6) * 1.2
    assert sum(pauses[:7], timedelta()) > timedelta(hours=6)
    assert backoff(one, 3) == backoff(one, 3) != backoff(other, 3)


async def test_a_job_that_breaks_a_rule_is_set_aside_at_once_with_the_rule(tally: Any) -> None:
    job_id = await tally.ask("tally.refuse")
    assert await tally.instance.work() == 1
    job = await tally.job(job_id)
    assert (job.state, job.error) == ("dead", "The file has no rows: send one that has.")


async def test_a_job_that_nobody_knows_waits_and_is_then_set_aside(tally: Any) -> None:
    job_id = await tally.ask("removed.count")
    await tally.instance.work()
    assert (await tally.job(job_id)).state == "queued"
    for _ in range(8):
        tally.instance.clock.move(hours=8)
        await tally.instance.work()
    job = await tally.job(job_id)
    assert (job.state, job.error) == ("dead", performing.UNKNOWN)


async def switch(tally: Any, *, on: bool) -> None:
    async with tally.platform.database.system_writing() as session:
        site = await find_site(session, tally.instance.site.slug)
        await switch_plugin(session, site, "tally", on=on, at=tally.instance.clock.now())
    await tally.platform.load_directory()


async def test_a_job_of_a_plugin_that_is_off_is_set_aside_and_not_done(tally: Any) -> None:
    job_id = await tally.ask("tally.count")
    there = await tally.ask("tally.count", site=tally.instance.other_site)
    await switch(tally, on=False)
    await tally.instance.work()
    job = await tally.job(job_id)
    assert (job.state, job.error) == ("dead", performing.PLUGIN_OFF)
    assert await tally.effects() == {there: 1}


async def test_a_plugin_that_is_off_hears_of_no_event(tally: Any) -> None:
    from folkmoot.store.jobs.queue import emit

    await switch(tally, on=False)
    for site in (tally.instance.site, tally.instance.other_site):
        async with tally.platform.database.writing(site.id) as session:
            await emit(session, "tally.happened", at=tally.instance.clock.now())
            await session.commit()
    await tally.instance.work()
    assert await tally.jobs("tally.hear_one") == []
    assert len(await tally.jobs("tally.hear_one", tally.instance.other_site)) == 1


async def test_a_job_that_takes_its_worker_along_each_time_is_set_aside(tally: Any) -> None:
    """Memory that runs out kills the process before it can say anything."""
    from folkmoot.web.worker import Worker

    job_id = await tally.ask("tally.fail")
    for _ in range(3):
        assert await Worker(tally.platform)._next(None) is not None
        tally.instance.clock.move(minutes=2)
    assert await tally.instance.work() == 1
    job = await tally.job(job_id)
    assert (job.state, job.error) == ("dead", performing.VANISHED)


async def test_a_job_says_how_far_it_is_and_where_its_result_stands(tally: Any) -> None:
    job_id = await tally.ask("tally.report")
    await tally.instance.work()
    job = await tally.job(job_id)
    assert (job.done, job.total, job.sentence, job.result) == (3, 3, "Three things are counted", "/contact")


async def test_telling_progress_inside_a_writing_session_is_refused(tally: Any) -> None:
    from folkmoot.web.work import Work
    from folkmoot.web.worker import LEASE, Worker

    await tally.ask("tally.count")
    claim = await Worker(tally.platform)._next(None)
    assert claim is not None
    work = Work(tally.platform, tally.instance.site, claim, LEASE)
    with pytest.raises(RuntimeError, match="before or after"):
        async with work.writing():
            await work.progress(1, 2)


async def test_a_job_that_takes_longer_than_the_lease_keeps_it_by_its_heartbeat(tally: Any) -> None:
    from folkmoot.web.worker import Worker

    job_id = await tally.ask("tally.count", {"pause": 0.5})
    worker = Worker(tally.platform, lease=timedelta(seconds=0.3))
    claim = await worker._next(None)
    assert claim is not None
    began = (await tally.job(job_id)).run_at
    tally.instance.clock.move(seconds=30)
    settle = await performing.perform(tally.platform, claim, worker.lease)
    assert (await tally.job(job_id)).run_at > began
    await worker._next(settle)
    assert (await tally.job(job_id)).state == "done"


async def test_a_worker_that_has_lost_the_lease_is_stopped_in_mid_job(tally: Any) -> None:
    from folkmoot.web.worker import Worker

    job_id = await tally.ask("tally.count", {"pause": 30})
    worker = Worker(tally.platform, lease=timedelta(seconds=0.3))
    claim = await worker._next(None)
    tally.instance.clock.move(seconds=1)
    assert claim is not None
    assert (await Worker(tally.platform)._next(None)) is not None
    assert await performing.perform(tally.platform, claim, worker.lease) is None
    assert await tally.effects() == {}
    assert (await tally.job(job_id)).attempts == 2


async def test_done_jobs_are_deleted_after_a_month_and_others_are_kept(tally: Any) -> None:
    from folkmoot.web.worker import Worker

    done, refused = await tally.ask("tally.count"), await tally.ask("tally.refuse")
    await tally.instance.work()
    for days, kept in ((29, {done, refused}), (2, {refused})):
        tally.instance.clock.move(days=days)
        await tally.ask("core.tidy_jobs")
        # Without the schedules: retention comes along as well, and takes what was set aside.
        await Worker(tally.platform).drain()
        assert {done, refused} & {job.id for job in await tally.jobs()} == kept
