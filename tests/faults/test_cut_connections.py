"""The way to PostgreSQL fails: slow, cut, refused, swallowed. Every request ends, and nothing is lost or doubled."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from httpx import Response

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import API, PATH, answers, open_consultation
from faults.counting import count
from faults.proxy import FaultProxy
from faults.submitting import Crowd
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.testing import Instance
from folkmoot.testing.instance import write_configuration
from folkmoot.testing.postgres import server
from folkmoot.web.application import create_application

pytestmark = [pytest.mark.slow, pytest.mark.only_on("postgresql")]
FOLKMOOT_PLUGINS = ("consultation",)
# Patience of the app, shortened, but for the ten seconds that a request waits for a connection; then none takes longer.
BOUND = 20.0
SHORTENED = {
    "folkmoot.store.postgres.CONNECT_SECONDS": 1.0,
    "folkmoot.store.postgres.PAGE_SECONDS": 2.0,
    "folkmoot.store.postgres.SYSTEM_SECONDS": 2.0,
    "folkmoot.store.postgres_writer.SECONDS": 2.0,
    "folkmoot.sites.versions.ANSWER_SECONDS": 0.5,
}


@pytest_asyncio.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """What stands between the app and the server."""
    async with FaultProxy(urlsplit(server()).port or 5432) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def through(
    instance: Instance, proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Instance]:
    """The same instance once more, as a process sees it that reaches its database through the proxy."""
    await open_consultation(instance)
    for name, seconds in SHORTENED.items():
        monkeypatch.setattr(name, seconds)
    direct = instance.platform.configuration.database_urls()
    port = f":{urlsplit(direct.app).port}/"
    urls = [url.replace(port, f":{proxy.port}/") for url in (direct.app, direct.owner, direct.system)]
    (tmp_path / "through").mkdir()
    configuration = write_configuration(tmp_path / "through", FOLKMOOT_PLUGINS, DatabaseUrls(*urls))
    # Booting looks at the database from a loop of its own, while this one must serve the proxy.
    edge = await asyncio.to_thread(create_application, configuration, clock=instance.clock)
    await edge.platform.open()
    yield Instance(edge, instance.clock)
    await proxy.pass_on()
    await edge.platform.close()


async def test_whatever_happens_on_the_way_every_request_ends_and_nothing_is_lost(
    instance: Instance, through: Instance, proxy: FaultProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Crowd(through.client, bound=BOUND) as crowd:
        await crowd.until(8)
        proxy.slow(0.02)
        await crowd.until(8)
        await proxy.pass_on()
        proxy.cut_after(6_000)
        await asyncio.sleep(1)
        await proxy.refuse()
        await asyncio.sleep(1)
        await proxy.pass_on()
        await crowd.until(8)
        proxy.black_hole()
        await asyncio.sleep(4)
        await proxy.pass_on()
        await crowd.until(8)
        await crowd.rest()
    await crowd.send_again()
    counted = await count(instance, crowd.acknowledged, hung=crowd.hung)
    counted.faults += crowd.wrong + crowd.forgotten
    with capsys.disabled():
        print(f"\nconnections to PostgreSQL slow, cut, refused, swallowed: {counted} ({crowd.told} told)")
    assert crowd.told, "nobody noticed: the faults proved nothing"
    assert counted.sound, counted


async def asked_in_the_dark(through: Instance, proxy: FaultProxy, bound: float) -> list[float]:
    """Swallow everything, ask in every way at once, and return how long each took, ``bound`` for who waits still."""
    visitor, program, staff = through.client(), await through.api(), await through.staff_client()
    question, body = await visitor.page(f"{PATH}/respond/1"), {"answers": answers("in-the-dark")}
    await asyncio.gather(*(through.client().get("/consultations") for _ in range(4)))
    loop = asyncio.get_running_loop()

    async def take(request: Awaitable[Response]) -> float:
        begun = loop.time()
        try:
            response = await asyncio.wait_for(request, bound)
        except TimeoutError:
            return bound
        assert response.status_code in {200, 503}
        return loop.time() - begun

    proxy.black_hole()
    asked = [visitor.get(PATH), visitor.submit(question, answers("in-the-dark")), staff.get("/admin")]
    asked += [program.post(API, json=body) for _ in range(12)]
    try:
        return await asyncio.gather(*map(take, asked))
    finally:
        await proxy.pass_on()


async def test_every_request_ends_while_everything_is_swallowed(
    through: Instance, proxy: FaultProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    took = await asked_in_the_dark(through, proxy, BOUND)
    with capsys.disabled():
        hung = sum(one >= BOUND for one in took)
        print(f"\nrequests while everything is swallowed: {len(took)}, hung {hung}, slowest {max(took):.1f} s")
    assert max(took) < BOUND


async def test_an_app_that_waits_too_long_is_caught(through: Instance, proxy: FaultProxy) -> None:
    """By a bound that is shorter than the app's patience: the check sees who waits."""
    assert max(await asked_in_the_dark(through, proxy, 0.5)) == 0.5
