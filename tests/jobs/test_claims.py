"""Claims: one worker gets a job, sites take turns, and who has lost the lease cannot say how it ended."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from folkmoot.store.jobs import claims
from folkmoot.store.jobs.claims import NOBODY, Claim, LeaseLost, Names
from folkmoot.testing import Instance
from folkmoot.web.performing import perform
from folkmoot.web.work import Work
from folkmoot.web.worker import Worker

LEASE = timedelta(seconds=60)


async def take(tally: Any, worker: str = "one", after: UUID = NOBODY, names: Names = claims.EVERY) -> Claim | None:
    now = tally.instance.clock.now()
    async with tally.platform.database.system_writing(shared=True) as session:
        claim = await claims.claim(session, worker=worker, now=now, until=now + LEASE, after=after, names=names)
        await session.commit()
    return claim


async def settle(tally: Any, settling: Any) -> None:
    async with tally.platform.database.system_writing(shared=True) as session:
        await settling(session)
        await session.commit()


async def test_a_job_is_given_to_one_worker_alone(tally: Any) -> None:
    await tally.ask("tally.count")
    first = await take(tally, "one")
    assert first is not None
    assert (first.worker, first.attempts) == ("one", 1)
    assert await take(tally, "two") is None


async def test_a_job_whose_worker_has_gone_is_given_to_the_next_when_the_lease_has_run_out(tally: Any) -> None:
    job_id = await tally.ask("tally.count")
    await take(tally, "one")
    tally.instance.clock.move(seconds=59)
    assert await take(tally, "two") is None
    tally.instance.clock.move(seconds=1)
    second = await take(tally, "two")
    assert second is not None
    assert (second.id, second.attempts) == (job_id, 2)


async def test_a_worker_that_comes_back_too_late_can_say_nothing(tally: Any) -> None:
    job_id = await tally.ask("tally.count")
    late, now = await take(tally, "one"), tally.instance.clock.now()
    tally.instance.clock.move(minutes=2)
    assert await take(tally, "two") is not None
    assert late is not None
    for say in (claims.finish, claims.set_aside, claims.put_back):
        extra = {"at": now} if say is claims.finish else {"at": now, "error": "no"}
        extra = {"run_at": now, "error": "no"} if say is claims.put_back else extra
        with pytest.raises(LeaseLost):
            await settle(tally, lambda session, say=say, extra=extra: say(session, late, **extra))
    assert (await tally.job(job_id)).state == "running"


async def stall(tally: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Work, Any]:
    """Let a worker fall asleep in mid-job, another take over and finish, and return what the first can still do."""
    job_id = await tally.ask("tally.carelessly")
    late = await take(tally, "late")
    assert late is not None
    work = Work(tally.platform, tally.instance.site, late, LEASE)
    tally.instance.clock.move(minutes=2)
    assert await tally.instance.work() == 1
    assert await tally.effects() == {job_id: 1}
    settling = await perform(tally.platform, late, LEASE)
    return (await tally.effects())[job_id], work, settling


async def test_what_a_late_worker_does_takes_no_effect(tally: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    effects, work, settling = await stall(tally, monkeypatch)
    assert effects == 1
    assert settling is None
    with pytest.raises(LeaseLost):
        await work.progress(1, 2)
    with pytest.raises(LeaseLost):
        async with work.writing():
            raise AssertionError("it was let in")


async def test_a_twin_without_the_fence_is_caught(tally: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from folkmoot.web import work as module

    async def let_in(session: Any, claim: Claim) -> None:
        return None

    monkeypatch.setattr(module, "hold", let_in)
    effects, _, _ = await stall(tally, monkeypatch)
    assert effects == 2


async def test_sites_take_turns_however_much_one_has_asked_for(tally: Any) -> None:
    instance: Instance = tally.instance
    for number in range(12):
        await tally.ask("tally.count", {"number": number})
    await tally.ask("tally.count", site=instance.other_site)
    worker, order = Worker(tally.platform), []
    for _ in range(3):
        claim = await worker._next(None)
        assert claim is not None
        order.append(claim.site_id)
    assert Counter(order)[instance.other_site.id] == 1
    assert order[:2] in ([instance.site.id, instance.other_site.id], [instance.other_site.id, instance.site.id])
    # A twin that goes by time alone gets to the other site when the first has been served.
    alone = [await take(tally) for _ in range(5)]
    assert {claim.site_id for claim in alone if claim} == {instance.site.id}


async def test_within_a_site_who_has_waited_longest_comes_first(tally: Any) -> None:
    late = await tally.ask("tally.count", run_at=tally.instance.clock.now() - timedelta(minutes=1))
    early = await tally.ask("tally.count", run_at=tally.instance.clock.now() - timedelta(minutes=2))
    assert [(await take(tally)).id for _ in range(2)] == [early, late]  # type: ignore[union-attr]


async def test_a_worker_takes_jobs_of_its_queues_alone(tally: Any) -> None:
    heavy = Names(frozenset({"tally.hard"}), only=True)
    light = Names(frozenset({"tally.hard"}))
    hard, easy = await tally.ask("tally.hard"), await tally.ask("tally.count")
    assert (await take(tally, names=light)).id == easy  # type: ignore[union-attr]
    assert await take(tally, names=light) is None
    async with tally.platform.database.system_reading() as session:
        assert await claims.next_due(session, heavy) == tally.instance.clock.now()
    assert (await take(tally, names=heavy)).id == hard  # type: ignore[union-attr]


async def test_a_job_put_back_lets_go_of_its_key_when_it_was_asked_for_again(tally: Any) -> None:
    now = tally.instance.clock.now()
    first = await tally.ask("tally.count", key="digest")
    claim = await take(tally)
    second = await tally.ask("tally.count", key="digest")
    assert claim is not None
    assert second != first
    await settle(tally, lambda session: claims.put_back(session, claim, run_at=now, error="Not now."))
    assert [(job.id, job.key, job.state) for job in await tally.jobs()] == [
        (first, "", "queued"),
        (second, "digest", "queued"),
    ]


async def test_nothing_is_due_when_all_is_done(tally: Any) -> None:
    async with tally.platform.database.system_reading() as session:
        assert await claims.next_due(session) is None
    await tally.ask("tally.count")
    await tally.instance.work()
    async with tally.platform.database.system_reading() as session:
        assert await claims.next_due(session) is None
