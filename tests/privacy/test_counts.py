"""Counts of use: right, bounded, cheap, and without anything of whoever is counted."""

import asyncio
import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from planting import rows_naming
from sqlmodel import select

from folkmoot.accounts import service as accounts
from folkmoot.privacy.counting import MOST_NAMES, OTHER, count_days, count_journeys, count_pages
from folkmoot.privacy.models import UsageCount
from folkmoot.testing import Client, Instance, path_of
from folkmoot.web.counts import MOST_WAITING, Counts, is_program

FOLKMOOT_PLUGINS = ("consultation", "publication", "dashboard", "feedback")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ADDRESS = "198.51.100.7"


def visitor(instance: Instance, site: Any = None, **headers: str) -> Client:
    return instance.client(site, headers={"user-agent": BROWSER, "x-forwarded-for": ADDRESS, **headers})


async def counted(instance: Instance, site: Any = None) -> dict[tuple[str, str], int]:
    await instance.platform.counts.flush()
    async with instance.desk(site).reading() as session:
        return {(row.kind, row.name): row.count for row in (await session.exec(select(UsageCount))).all()}


async def test_every_view_of_a_page_counts_however_it_was_served(instance: Instance) -> None:
    """The first is made, the others come from the cache or by the shortcut, and one asks whether it changed."""
    reader = visitor(instance)
    for _ in range(3):
        answer = await reader.get("/privacy?from=letter")
    await reader.get("/privacy", headers={"if-none-match": answer.headers["etag"]})
    await reader.head("/privacy")
    await visitor(instance, cookie="__Host-folkmoot-draft-abc=1").get("/privacy")
    await reader.get("/cy/privacy")
    assert await counted(instance) == {("view", "/privacy"): 5, ("view", "/cy/privacy"): 1}


async def test_what_is_no_page_of_the_public_is_not_counted(instance: Instance) -> None:
    reader = visitor(instance)
    now, site = instance.clock.now(), instance.site.id
    async with instance.platform.database.system_writing() as session:
        await accounts.create_user(session, "a@b.example", site_id=site, role="viewer", password=None, at=now)
        secret, _ = await accounts.create_link(session, "a@b.example", site_id=site, at=now)
    # An address with a secret in it answers 200, and must not stand in any table.
    assert (await reader.get(f"/sign-in/{secret}")).status_code == 200
    for path in ("/nowhere", "/admin", "/sign-in", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt"):
        await reader.get(path)
    await reader.get("/api/v1/openapi.json")
    await reader.get("/consultations.json")
    await reader.get("/-/live")
    await reader.get(next(iter(instance.platform.static._files)))
    await reader.get("/privacy/")
    await reader.post("/complaint", headers={"sec-fetch-site": "same-origin"})
    assert await counted(instance) == {}


async def test_staff_and_programs_are_not_counted(instance: Instance) -> None:
    staff = await instance.staff_client()
    assert (await staff.get("/privacy", headers={"user-agent": BROWSER})).status_code == 200
    for agent in ("", "curl/8.0", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Mozilla/5.0 HeadlessChrome/140"):
        await instance.client().get("/privacy", headers={"user-agent": agent})
    assert await counted(instance) == {}


@pytest.mark.parametrize(
    ("agent", "program"),
    [
        (BROWSER, False),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1", False),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", False),
        ("Mozilla/5.0 AppleWebKit/537.36 (compatible; bingbot/2.0)", True),
        ("facebookexternalhit/1.1", True),
        ("python-httpx/0.28", True),
        ("", True),
    ],
)
def test_programs_are_told_from_browsers_by_what_they_call_themselves(agent: str, program: bool) -> None:
    assert is_program(agent.encode()) is program


async def test_no_cookie_is_set_and_nothing_of_the_visitor_is_kept(instance: Instance) -> None:
    reader = visitor(instance, cookie="tracker=me-myself", referer="https://occs.localhost/from-here")
    for path in ("/", "/privacy", "/complaint", "/consultations", "/search?q=my-own-name"):
        answer = await reader.get(path)
        assert "set-cookie" not in answer.headers, path
    await instance.platform.counts.flush()
    for words in (ADDRESS, "Firefox", "me-myself", "from-here", "my-own-name"):
        assert await rows_naming(instance, words) == {}, words
    async with instance.desk().reading() as session:
        rows = (await session.exec(select(UsageCount))).all()
    assert {name for row in rows for name in row.model_dump()} == {"site_id", "id", "day", "kind", "name", "count"}
    assert {row.name for row in rows} == {"/", "/privacy", "/complaint", "/consultations", "/search"}


async def test_each_site_has_its_own_counts(instance: Instance) -> None:
    await visitor(instance).get("/privacy")
    await visitor(instance, instance.other_site).get("/cookies")
    assert await counted(instance) == {("view", "/privacy"): 1}
    assert await counted(instance, instance.other_site) == {("view", "/cookies"): 1}


async def test_counts_add_up_over_flushes_and_processes(instance: Instance) -> None:
    """Two processes count the same pages and save at the same time, again and again: none is lost."""
    site = instance.site.id
    processes = [Counts(instance.platform.database, instance.clock) for _ in range(2)]
    for _ in range(5):
        for process in processes:
            for name in ("/b", "/a", "/c"):
                process.add(site, "view", name, 7)
        await asyncio.gather(*(process.flush() for process in processes))
    assert await counted(instance) == {("view", name): 70 for name in ("/a", "/b", "/c")}
    for process in processes:
        await process.close()


async def test_what_cannot_be_saved_now_is_saved_later(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = instance.platform.counts
    counts.add(instance.site.id, "view", "/a")
    with monkeypatch.context() as patched:
        patched.setattr("folkmoot.web.counts.add_counts", broken)
        await counts.flush()
    counts.add(instance.site.id, "view", "/a")
    assert await counted(instance) == {("view", "/a"): 2}


async def broken(*_: Any) -> None:
    raise OSError("no disk")


async def test_only_so_many_names_have_a_row_of_their_own(instance: Instance) -> None:
    counts, site = instance.platform.counts, instance.site.id
    for number in range(MOST_NAMES + 20):
        counts.add(site, "view", f"/page-{number}")
    counts.add(site, "view", "/" + "x" * 400)
    found = await counted(instance)
    assert len(found) == MOST_NAMES + 1
    assert found["view", OTHER] == 21
    # Also after a restart, when the names of the day are known from the database alone.
    again = Counts(instance.platform.database, instance.clock)
    again.add(site, "view", "/one-more")
    again.add(site, "view", "/page-1")
    await again.close()
    found = await counted(instance)
    assert (found["view", OTHER], found["view", "/page-1"]) == (22, 2)


async def test_memory_is_bounded_between_two_flushes(instance: Instance) -> None:
    counts = instance.platform.counts
    for number in range(MOST_WAITING + 100):
        counts.add(instance.site.id, "view", f"/{number}")
    assert len(counts._waiting) == MOST_WAITING


async def test_they_are_saved_by_themselves_and_when_the_process_ends(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folkmoot.web.counts.FLUSH_SECONDS", 0.01)
    counts = Counts(instance.platform.database, instance.clock)
    counts.add(instance.site.id, "view", "/a")
    for _ in range(200):
        await asyncio.sleep(0.01)
        if not counts._waiting and counts._saving and counts._saving.done():
            break
    assert await counted(instance) == {("view", "/a"): 1}
    counts.add(instance.site.id, "view", "/a")
    await counts.close()
    assert await counted(instance) == {("view", "/a"): 2}


async def test_a_day_is_a_day_of_the_united_kingdom(instance: Instance) -> None:
    counts, site = instance.platform.counts, instance.site.id
    # Half past midnight in London, still the day before in UTC; then the hour that comes twice.
    for text in ("2026-07-01T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-26T00:00"):
        instance.clock.instant = datetime.fromisoformat(text).replace(tzinfo=UTC)
        counts.add(site, "view", "/a")
        await counts.flush()
    async with instance.desk().reading() as session:
        rows = (await session.exec(select(UsageCount))).all()
        assert {row.day: row.count for row in rows} == {
            date(2026, 7, 2): 1,
            date(2026, 10, 25): 2,
            date(2026, 10, 26): 1,
        }
        week = await count_days(session, date(2026, 10, 26), 7)
    assert [views for _, views in week] == [0, 0, 0, 0, 0, 2, 1]


QUESTIONS = [{"key": "why", "type": "text", "label": "Why?"}]
BODY: dict[str, Any] = {
    "slug": "bins",
    "title": "Bins",
    "summary": "How often?",
    "opens_at": "2026-01-01T09:00:00+00:00",
    "closes_at": "2026-12-01T23:59:00+00:00",
    "form": {"pages": [{"title": "One", "questions": QUESTIONS}]},
}


async def test_journeys_begun_and_finished_are_counted_once_each(instance: Instance, api: Client) -> None:
    assert (await api.post("/api/v1/consultations", json=BODY)).status_code == 201
    await api.post("/api/v1/consultations/bins/publish", json={"override_reason": "A test."})
    for finishes in (True, False):
        person = visitor(instance)
        page = await person.page("/consultations/bins/respond/1")
        await person.submit(page, {"why": "Because."})
        await person.submit(page, {"why": "Because of that."})
        check = await person.page("/consultations/bins/check-answers")
        if finishes:
            sent = await person.submit(check)
            assert path_of(sent).endswith("/confirmation")
            await person.page("/consultations/bins/confirmation")
            await person.page("/consultations/bins/confirmation")
            await person.submit(check)
    await instance.platform.counts.flush()
    async with instance.desk().reading() as session:
        (journey,) = await count_journeys(session, instance.clock.now().date(), 7)
    assert (journey.name, journey.started, journey.finished, journey.rate) == ("/consultations/bins", 2, 1, 50)


async def test_staff_see_chart_table_sentence_and_file(instance: Instance) -> None:
    reader = visitor(instance)
    for path in ("/privacy", "/privacy", "/cookies"):
        await reader.get(path)
    instance.platform.counts.add(instance.site.id, "start", "/consultations/bins", 4)
    instance.platform.counts.add(instance.site.id, "end", "/consultations/bins", 3)
    await instance.platform.counts.flush()
    staff = await instance.staff_client("publisher")
    page = await staff.page("/admin/usage?days=7")
    assert page.one("figure").all("svg")
    figure, journeys, pages = page.one("main").all("table")
    assert "3" in figure.text
    assert [cell.text for cell in journeys.all("td")] == ["4", "3", "75"]
    assert [row.text for row in pages.one("tbody").all("tr")] == ["/privacy 2", "/cookies 1"]
    file = await staff.get("/admin/usage.csv?days=7")
    lines = file.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "day,views"
    assert lines[-1] == "2026-11-02,3"
    assert len(lines) == 8
    assert (await staff.get("/admin/usage?days=nonsense")).status_code == 200
    assert (await (await instance.staff_client("viewer")).get("/admin/usage")).status_code == 403
    async with instance.desk().reading() as session:
        assert list(await count_pages(session, date(2026, 11, 2), 1)) == [("/privacy", 2), ("/cookies", 1)]


@pytest.mark.only_on("sqlite")
async def test_one_view_costs_about_a_microsecond(instance: Instance, capsys: pytest.CaptureFixture[str]) -> None:
    """A figure, and a bound so wide that only another order of magnitude fails it."""
    counts, site, agent = instance.platform.counts, UUID(instance.site.id.hex), BROWSER.encode()
    start = time.process_time()
    for _ in range(100_000):
        counts.view(site, "/consultations/bins", agent)
    cost = (time.process_time() - start) * 10
    with capsys.disabled():
        print(f"\ncounts: {cost:.2f} microseconds a view")
    assert cost < 30
