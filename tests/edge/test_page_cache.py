"""The page cache at the edge, in front of an application that says what it was asked."""

import asyncio
import gzip
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from folkmoot.sites.service import touch
from folkmoot.testing import Instance
from folkmoot.web import page_cache
from folkmoot.web.edge import Edge
from folkmoot.web.visit import visit_of


class Behind:
    """Stands in for the pages: counts what reaches it, and answers as a test wants."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status = 200
        self.headers: list[tuple[bytes, bytes]] = []
        self.cookies = False
        self.seconds: float | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)
        number = len(self.asked)
        visit = visit_of(scope)
        if self.seconds is not None:
            visit.fresh_until = visit.platform.clock.now() + timedelta(seconds=self.seconds)
        await asyncio.sleep(0.01)
        kind = (b"content-type", b"text/html; charset=utf-8")
        cookies = [(b"set-cookie", b"visitor=%d" % number)] if self.cookies else []
        await send({"type": "http.response.start", "status": self.status, "headers": [kind, *cookies, *self.headers]})
        await send({"type": "http.response.body", "body": b"page %d of " % number + visit.site.slug.encode()})


class Watch:
    """A stopwatch that tests move, in place of the process's own."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(page_cache, "time", SimpleNamespace(monotonic=made.monotonic))
    return made


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def visit(instance: Instance, behind: Behind, watch: Watch) -> Callable[..., httpx.AsyncClient]:
    """A visitor of a site: ``visit()``, ``visit("parent")``."""

    def client(site: str = "occs", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=Edge(behind, instance.platform))  # type: ignore[arg-type]
        plain = {"accept-encoding": "identity", **headers}
        return httpx.AsyncClient(transport=transport, base_url=f"https://{site}.localhost", headers=plain)

    return client


Visit = Callable[..., httpx.AsyncClient]


async def test_a_page_is_made_once_for_everyone(visit: Visit, behind: Behind) -> None:
    texts = {(await visit().get("/privacy")).text for _ in range(5)}
    assert texts == {"page 1 of occs"}
    assert len(behind.asked) == 1


async def test_who_asks_at_the_same_time_waits_for_one_making(visit: Visit, behind: Behind) -> None:
    answers = await asyncio.gather(*(visit().get("/privacy") for _ in range(30)))
    assert {answer.text for answer in answers} == {"page 1 of occs"}
    assert len(behind.asked) == 1


async def test_each_site_has_its_own_page_at_the_same_address(visit: Visit) -> None:
    answers = await asyncio.gather(*(visit(site).get("/privacy") for site in ("occs", "parent") * 10))
    for site, answer in zip(("occs", "parent") * 10, answers, strict=True):
        assert answer.text.endswith(f"of {site}")


async def test_a_page_that_sets_a_cookie_is_kept_for_nobody(visit: Visit, behind: Behind) -> None:
    behind.cookies = True
    at_once = await asyncio.gather(*(visit().get("/privacy") for _ in range(20)))
    after = [await visit().get("/privacy") for _ in range(3)]
    cookies = [answer.headers.get_list("set-cookie") for answer in [*at_once, *after]]
    assert all(len(each) == 1 for each in cookies)
    assert len({each[0] for each in cookies}) == len(behind.asked) == 23


@pytest.mark.parametrize("status", [404, 410, 500, 503])
async def test_what_went_wrong_is_not_kept(visit: Visit, behind: Behind, status: int) -> None:
    behind.status = status
    for _ in range(2):
        assert (await visit().get("/privacy")).status_code == status
    assert len(behind.asked) == 2


async def test_a_page_that_must_not_be_stored_is_not(visit: Visit, behind: Behind) -> None:
    behind.headers = [(b"cache-control", b"no-store")]
    answers = [await visit().get("/privacy") for _ in range(2)]
    assert len(behind.asked) == 2
    assert answers[0].headers.get_list("cache-control") == ["no-store"]


async def test_a_change_is_a_miss_at_once(visit: Visit, instance: Instance) -> None:
    assert (await visit().get("/privacy")).text == "page 1 of occs"
    await visit("parent").get("/privacy")
    async with instance.platform.database.system_writing() as session:
        await touch(session, instance.site.id, "core")
        await session.commit()
    assert (await visit().get("/privacy")).text == "page 3 of occs"
    # The neighbour's page has not changed.
    assert (await visit("parent").get("/privacy")).text == "page 2 of parent"


async def test_who_asks_after_a_change_does_not_get_what_was_being_made_before_it(
    visit: Visit, instance: Instance, behind: Behind
) -> None:
    early = asyncio.create_task(visit().get("/privacy"))
    while not behind.asked:
        await asyncio.sleep(0)
    async with instance.platform.database.system_writing() as session:
        await touch(session, instance.site.id, "core")
        await session.commit()
    late = await visit().get("/privacy")
    assert late.text == "page 2 of occs"
    await early
    assert (await visit().get("/privacy")).text == "page 2 of occs"


async def test_undeclared_parameters_neither_make_a_page_nor_reach_it(visit: Visit, behind: Behind) -> None:
    addresses = ["/search?q=care", "/search?utm_source=x&q=care", "/search?q=care&fbclid=1", "/search?q=care&&x"]
    assert {(await visit().get(address)).text for address in addresses} == {"page 1 of occs"}
    assert behind.asked[0]["query_string"] == b"q=care"
    assert (await visit().get("/search?q=homes")).text == "page 2 of occs"


async def test_a_cookie_of_ours_goes_past_the_cache_and_others_do_not(visit: Visit, behind: Behind) -> None:
    await visit().get("/privacy")
    assert (await visit(cookie="analytics=1").get("/privacy")).text == "page 1 of occs"
    assert (await visit(cookie="__Host-folkmoot-draft-1=x").get("/privacy")).text == "page 2 of occs"
    assert (await visit(authorization="Bearer x").get("/privacy")).text == "page 3 of occs"
    # What was made for one is kept for nobody.
    assert (await visit().get("/privacy")).text == "page 1 of occs"


async def test_a_visitors_headers_do_not_reach_a_page_for_everyone(visit: Visit, behind: Behind) -> None:
    await visit(cookie="analytics=1", referer="https://x.example/", **{"x-secret": "1"}).get("/privacy")
    names = {name for name, _ in behind.asked[0]["headers"]}
    assert names <= {b"host", b"accept", b"user-agent"}


async def test_a_page_that_changes_by_the_clock_is_not_seen_after_it(
    visit: Visit, behind: Behind, watch: Watch
) -> None:
    behind.seconds = 7.5
    first = await visit().get("/privacy")
    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=7"
    watch.seconds += 7.4
    assert (await visit().get("/privacy")).text == "page 1 of occs"
    watch.seconds += 0.2
    assert (await visit().get("/privacy")).text == "page 2 of occs"


async def test_a_page_whose_moment_has_come_is_not_kept(visit: Visit, behind: Behind) -> None:
    behind.seconds = -1
    for _ in range(2):
        await visit().get("/privacy")
    assert len(behind.asked) == 2


async def test_when_only_its_time_has_run_out_a_page_is_served_once_more_and_made_anew(
    visit: Visit, behind: Behind, watch: Watch
) -> None:
    assert (await visit().get("/privacy")).headers["cache-control"] == "public, max-age=0, s-maxage=10"
    watch.seconds += page_cache.FRESH_SECONDS + 1
    assert (await visit().get("/privacy")).text == "page 1 of occs"
    await asyncio.sleep(0.05)
    assert (await visit().get("/privacy")).text == "page 2 of occs"
    watch.seconds += page_cache.FRESH_SECONDS + page_cache.STALE_SECONDS
    assert (await visit().get("/privacy")).text == "page 3 of occs"


async def test_a_packed_page_is_the_same_page(visit: Visit) -> None:
    plain = await visit().get("/privacy")
    async with visit(**{"accept-encoding": "gzip"}).stream("GET", "/privacy") as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(packed)
    assert gzip.decompress(packed).startswith(b"page ")
    assert answer.headers["etag"] != plain.headers["etag"]
    assert "accept-encoding" in answer.headers["vary"]


async def test_what_has_not_changed_is_not_sent_again(visit: Visit, behind: Behind) -> None:
    first = await visit().get("/privacy")
    again = await visit(**{"if-none-match": first.headers["etag"]}).get("/privacy")
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await visit(**{"if-none-match": '"other"'}).get("/privacy")
    assert (other.status_code, other.text) == (200, first.text)
    assert len(behind.asked) == 1


async def test_the_cache_stays_within_its_size(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, instance: Instance
) -> None:
    monkeypatch.setattr(page_cache, "LIMIT_BYTES", 20_000)
    for number in range(50):
        await visit().get(f"/search?q={number}")
    assert len(instance.platform.cache._entries) < 10
