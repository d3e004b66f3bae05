"""site.A8: a site is exported, imported elsewhere and comes out the same; suspended; deleted. By commands."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.commanding import Operator, new_instance
from faults.consulting import PATH, open_consultation
from faults.serving import Server, serving
from faults.submitting import Crowd

from folkmoot.testing import Instance

pytestmark = pytest.mark.slow
FOLKMOOT_PLUGINS = ("consultation", "feedback")
SHOWS_SECONDS = 2.0
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


async def within(seconds: float, status: Callable[[], Awaitable[int]], wanted: int) -> float:
    """Return after how long a status is the wanted one; fails when it takes longer than it may."""
    start = time.monotonic()
    while (found := await status()) != wanted:
        if time.monotonic() - start > seconds:
            raise AssertionError(f"it answers {found} and not {wanted} after {seconds} seconds")
        await asyncio.sleep(0.05)
    return time.monotonic() - start


def asker(server: Server, site: str, path: str = "/") -> Callable[[], Awaitable[int]]:
    async def ask() -> int:
        async with server.client(site) as client:
            return (await client.get(path)).status_code

    return ask


@pytest.mark.journey("site.A8")
async def test_a_site_goes_to_another_instance_and_comes_out_the_same(
    instance: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_consultation(instance)
    here = Operator(instance.platform.configuration.path)
    await here.run("user", "create", "sam@example.org", "--site", "occs", "--role", "administrator")
    with serving(here.config) as server:
        await server.start()
        async with Crowd(server.client) as crowd:
            await crowd.until(10)
    first = tmp_path / "first.zip"
    await here.run("site", "export", "occs", str(first))
    same = []
    for database in (instance.database, OTHER[instance.database]):
        there = await new_instance(tmp_path / database, FOLKMOOT_PLUGINS, database)
        assert "Imported the site occs." in await there.run("site", "import", str(first))
        second = tmp_path / f"{database}.zip"
        await there.run("site", "export", "occs", str(second))
        same.append(second.read_bytes() == first.read_bytes())
    with capsys.disabled():
        print(
            f"\nsite exit ({instance.database}): export -> import -> export identical {same.count(True)} of {len(same)}"
        )
    assert same == [True, True]
    refused = await there.run("site", "import", str(first), status=1)
    assert refused.strip().splitlines()[-1].startswith("This site is here already, as occs")


@pytest.mark.journey("site.A8")
async def test_while_the_instance_is_served_a_site_arrives_closes_opens_and_is_deleted(
    instance: Instance, tmp_path: Path
) -> None:
    await open_consultation(instance)
    here = Operator(instance.platform.configuration.path)
    file = tmp_path / "occs.zip"
    await here.run("site", "export", "occs", str(file))
    there = await new_instance(tmp_path / "there", FOLKMOOT_PLUGINS, instance.database)
    with serving(there.config) as server:
        await server.start()
        # The site of this configuration has the same slug and holds nothing: the one that comes takes its place.
        await there.run("site", "import", str(file))
        await within(SHOWS_SECONDS, asker(server, "occs", PATH), 200)
        await there.run("site", "create", "second", "--name", "Second")
        second = asker(server, "second")
        await within(SHOWS_SECONDS, second, 200)
        await there.run("site", "suspend", "second", "--reason", "a test")
        await within(SHOWS_SECONDS, second, 503)
        await there.run("site", "resume", "second")
        await within(SHOWS_SECONDS, second, 200)
        assert "[y/N]" in await there.run("site", "delete", "second", status=1)
        await there.run("site", "delete", "second", "--days", "30", "--yes")
        await within(SHOWS_SECONDS, second, 410)
        shown = json.loads(await there.run("site", "show", "second", "--json"))
        assert (shown["status"], shown["operations"][0]["action"]) == ("deleted", "delete")
        await there.run("site", "resume", "second")
        await within(SHOWS_SECONDS, second, 200)
        await there.run("site", "delete", "second", "--now", "--yes")
        await within(SHOWS_SECONDS, second, 404)
        assert await asker(server, "occs", PATH)() == 200
