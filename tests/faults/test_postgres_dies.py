"""PostgreSQL dies under submissions: a page with a sentence, nothing typed lost, and no restart when it is back."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from faults.consulting import API, PATH, TYPED, answers, open_consultation
from faults.counting import count
from faults.postgres_server import PostgresServer
from faults.serving import Server, serving
from faults.submitting import Crowd
from folkmoot.sites.versions import PostgresVersions
from folkmoot.testing import Instance

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]
FOLKMOOT_PLUGINS = ("consultation",)
DEATHS = 20 if os.environ.get("FOLKMOOT_BATTERY") == "full" else 2
RECOVERS_WITHIN = 5.0
SENTENCE = "The service cannot reach its database. Try again in a minute."


@pytest_asyncio.fixture
async def consulting(mortal: PostgresServer, instance: Instance) -> Instance:
    """An instance on the server that dies, with an open consultation."""
    await open_consultation(instance)
    return instance


@pytest.fixture
def server(consulting: Instance) -> Iterator[Server]:
    """The app, not started yet."""
    with serving(consulting.platform.configuration.path) as server:
        yield server


async def recovery(server: Server) -> float:
    """Return how many seconds after this moment a submission is acknowledged."""
    begun = time.monotonic()
    async with server.client() as client:
        for number in range(1_000):
            mark = f"after-{begun}-{number}"
            response = await client.post(API, json={"answers": answers(mark)}, headers={"idempotency-key": mark})
            if response.status_code == 201:
                break
            await asyncio.sleep(0.05)
    return time.monotonic() - begun


async def test_submissions_go_on_when_postgresql_is_back(
    mortal: PostgresServer, server: Server, consulting: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    await server.start()
    slowest = 0.0
    async with Crowd(server.client) as crowd:
        for _ in range(DEATHS):
            await crowd.until(8)
            mortal.kill()
            await asyncio.sleep(1)
            assert (await server.health("live"), await server.health("ready")) == (200, 503)
            await mortal.start()
            slowest = max(slowest, await recovery(server))
        await crowd.until(8)
        await crowd.rest()
    await crowd.send_again()
    assert await server.health("ready") == 200
    # The test's own connections have died as well.
    await consulting.platform.database.engine.dispose()
    counted = await count(consulting, crowd.acknowledged, hung=crowd.hung)
    counted.faults += crowd.wrong + crowd.forgotten
    with capsys.disabled():
        print(f"\nPostgreSQL killed {DEATHS} times: {counted} ({crowd.told} told, recovered within {slowest:.1f} s)")
    assert counted.sound, counted
    assert crowd.told, "nobody noticed: the kills proved nothing"
    assert not crowd.cut_off
    assert slowest < RECOVERS_WITHIN


@asynccontextmanager
async def dead(mortal: PostgresServer) -> AsyncIterator[None]:
    """The server is dead within the block."""
    mortal.kill()
    try:
        yield
    finally:
        await mortal.start()


async def test_every_page_and_call_says_what_is_wrong_and_keeps_what_was_typed(
    mortal: PostgresServer, consulting: Instance
) -> None:
    visitor, program = consulting.client(), await consulting.api()
    staff = await consulting.staff_client()
    question = await visitor.page(f"{PATH}/respond/1")
    new = await staff.page("/admin/consultation/new")
    cached = await visitor.get(PATH)
    assert cached.status_code == 200
    async with dead(mortal):
        await until(lambda: not consulting.platform.is_ready())
        typed = await visitor.submit(question, answers("typed-by-hand"))
        for page in (await visitor.get(PATH), await staff.get("/admin"), typed):
            assert page.status_code == 503
            assert SENTENCE in page.text
        # Nothing typed is lost: it comes back in a form that can be sent again.
        assert "typed-by-hand" in typed.text
        drafted = await staff.submit(new, TYPED)
        assert (drafted.status_code, TYPED["title"] in drafted.text) == (503, True)
        for call in (visitor, program):
            body, headers = {"answers": answers("called")}, {"idempotency-key": "called"}
            refused = await call.post(API, json=body, headers=headers)
            assert refused.status_code == 503
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["detail"] == SENTENCE
        assert (await visitor.get("/-/live")).status_code == 200


async def test_pages_that_were_kept_are_not_believed_while_nothing_is_heard(
    mortal: PostgresServer, consulting: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = consulting.client()
    assert (await visitor.get(PATH)).status_code == 200
    versions = consulting.platform.versions
    async with dead(mortal):
        await until(lambda: not versions.alive())
        assert (await visitor.get(PATH)).status_code == 503
    await until(versions.alive)
    # The first look may still be by a connection that died with the server.
    assert {(await visitor.get(PATH)).status_code for _ in range(3)} <= {200, 503}
    assert (await visitor.get(PATH)).status_code == 200
    # The twin that goes on believing what it knew before serves it, and is caught by the same look.
    monkeypatch.setattr(PostgresVersions, "pages", lambda *_: 1)
    assert (await visitor.get(PATH)).status_code == 200
    async with dead(mortal):
        await until(lambda: not versions.alive())
        assert (await visitor.get(PATH)).status_code == 200


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not what():
            await asyncio.sleep(0.02)
