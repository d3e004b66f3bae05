"""kill -9 of the app while people and programs submit: what was acknowledged is there, once, whatever was cut off."""

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import open_consultation
from faults.counting import Count, count
from faults.serving import Server, serving
from faults.submitting import Crowd
from folkmoot.testing import Instance

pytestmark = pytest.mark.slow
FOLKMOOT_PLUGINS = ("consultation",)
FULL = os.environ.get("FOLKMOOT_BATTERY") == "full"
KILLS = 20 if FULL else 2
# That a check can fail is seen on one database each time, and on both in the full battery.
twin = pytest.mark.only_on(*(("sqlite", "postgresql") if FULL else ("sqlite",)))


async def kill_under_submissions(
    server: Server, instance: Instance, kills: int, *, people: int = 2
) -> tuple[Count, Crowd]:
    """Kill and start again, so many times; then everybody who got no answer has sent again, with the same key."""
    await server.start()
    async with Crowd(server.client, people=people) as crowd:
        for _ in range(kills):
            await crowd.until(8)
            await asyncio.sleep(random.uniform(0, 0.5))
            server.kill()
            await server.start()
        await crowd.until(8)
        await crowd.rest()
    await crowd.send_again()
    server.stop()
    counted = await count(instance, crowd.acknowledged, hung=crowd.hung)
    counted.faults += crowd.wrong + crowd.forgotten
    return counted, crowd


async def test_a_killed_app_loses_nothing_that_it_acknowledged(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_consultation(instance)
    with serving(instance.platform.configuration.path) as server:
        counted, crowd = await kill_under_submissions(server, instance, KILLS)
    with capsys.disabled():
        print(f"\napp killed {KILLS} times ({instance.database}): {counted} ({crowd.cut_off} requests cut off)")
    assert crowd.cut_off, "nobody was cut off: the kills proved nothing"
    assert counted.sound, counted


@twin
async def test_an_app_that_acknowledges_before_the_commit_is_caught(instance: Instance) -> None:
    await open_consultation(instance)
    with serving(instance.platform.configuration.path, broken="acknowledges_early") as server:
        await server.start()
        async with Crowd(server.client, people=0) as crowd:
            await crowd.until(20)
            server.kill()
            await crowd.leave()
    assert (await count(instance, crowd.acknowledged)).lost


@twin
async def test_an_app_that_does_not_look_at_keys_is_caught(instance: Instance) -> None:
    await open_consultation(instance)
    with serving(instance.platform.configuration.path, broken="forgets_keys") as server:
        counted, _ = await kill_under_submissions(server, instance, 1, people=0)
    assert counted.duplicates
