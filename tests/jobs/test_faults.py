"""Workers that die in mid-job: another one takes over, nothing is lost, and nothing takes effect twice."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from folkmoot.kernel.settings import SiteSection
from folkmoot.sites.service import create_site
from folkmoot.store.jobs.queue import enqueue

FULL = os.environ.get("FOLKMOOT_BATTERY") == "full"
COUNT = 1_000 if FULL else 240
PATIENCE = 300 if FULL else 90

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(tally: Any, installed: Mapping[str, str]) -> Iterator[Start]:
    """Start worker processes with a short lease; those that still run at the end are killed."""
    config, started = tally.platform.configuration.path, []

    def start(*options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "folkmoot.cli.main", "--config", str(config), "worker", "--lease", "1"]
        log = subprocess.DEVNULL
        process = subprocess.Popen([*command, *options], env=dict(installed), stdout=log, stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


async def wait_for(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_a_worker_killed_in_mid_job_is_followed_by_another(tally: Any, start: Start, now: datetime) -> None:
    """One is killed before its effect, one after it and before it could say so."""
    before = await tally.ask("tally.count", {"pause": 4}, at=now)
    after = await tally.ask("tally.count", {"rest": 4}, at=now)
    careless = await tally.ask("tally.carelessly", {"rest": 4}, at=now)
    first = start()

    async def under_way() -> bool:
        states = {(await tally.job(one)).state for one in (before, after, careless)}
        return states == {"running"} and set(await tally.effects()) == {after, careless}

    await wait_for(under_way)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start()

    async def all_done() -> bool:
        return {(await tally.job(one)).state for one in (before, after, careless)} == {"done"}

    await wait_for(all_done)
    assert [(await tally.job(one)).attempts for one in (before, after)] == [2, 2]
    effects = await tally.effects()
    assert (effects[before], effects[after]) == (1, 1)
    # The twin that does not look whether it has been done: that is what jobs must not be like.
    assert effects[careless] == 2
    second.send_signal(signal.SIGTERM)
    assert second.wait(PATIENCE) == 0


async def third_site(tally: Any) -> Any:
    wanted = SiteSection(slug="third", name="Third body", host="third.localhost", locales=("en",))
    async with tally.platform.database.system_writing() as session:
        await create_site(session, wanted, plugins=["tally"], at=tally.instance.clock.now())
    await tally.platform.load_directory()
    return next(site for site in tally.platform.directory.all() if site.slug == "third")


async def fill(tally: Any, now: datetime) -> set[UUID]:
    """Ask for many jobs on three sites, more on one than on the others."""
    asked: set[UUID] = set()
    shares = {tally.instance.site: 0.6, tally.instance.other_site: 0.3, await third_site(tally): 0.1}
    for site, share in shares.items():
        async with tally.platform.database.writing(site.id) as session:
            for number in range(round(COUNT * share)):
                asked.add(await enqueue(session, "tally.count", {"number": number}, at=now))
            await session.commit()
    return asked


async def test_many_jobs_three_sites_three_workers_and_one_of_them_is_killed(
    tally: Any, start: Start, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = await fill(tally, now)
    workers = [start() for _ in range(3)]

    async def begun() -> bool:
        return len(await tally.effects()) >= COUNT // 5

    async def ended() -> bool:
        sites = tally.platform.directory.all()
        return {job.state for site in sites for job in await tally.jobs("tally.count", site)} == {"done"}

    await wait_for(begun)
    workers[0].send_signal(signal.SIGKILL)
    await wait_for(ended)
    effects = await tally.effects()
    lost, doubled = asked - set(effects), [one for one, times in effects.items() if times > 1]
    with capsys.disabled():
        print(f"\njobs: enqueued {len(asked)}, lost {len(lost)}, doubled {len(doubled)} ({tally.instance.database})")
    assert (lost, doubled) == (set(), [])
    assert set(effects) == asked


DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from datetime import datetime, UTC
from folkmoot.kernel.settings import load
from folkmoot.store.database import open_database
from folkmoot.store.jobs.queue import enqueue, on_asked
from uuid import UUID

async def main():
    database = open_database(load(Path(sys.argv[1])).database_urls())
    await database.open()
    on_asked.add(lambda: os.kill(os.getpid(), signal.SIGKILL))
    async with database.writing(UUID(sys.argv[2])) as session:
        print(await enqueue(session, "tally.count", at=datetime.now(UTC)), flush=True)
        await session.commit()

import folkmoot.forms.models, folkmoot.sites.models
asyncio.run(main())
"""


async def test_a_crash_between_the_commit_and_the_wake_loses_nothing(
    tally: Any, start: Start, installed: Mapping[str, str]
) -> None:
    config, site = str(tally.platform.configuration.path), str(tally.instance.site.id)
    died = subprocess.run(
        [sys.executable, "-c", DIES, config, site], env=dict(installed), capture_output=True, text=True, check=False
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert start("--drain").wait(PATIENCE) == 0
    assert await tally.effects() == {UUID(died.stdout.strip()): 1}
