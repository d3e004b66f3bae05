"""Every page that a crawl reaches, and every state of a form: axe-core finds nothing, and nothing sticks out at 320 px.

These find no failures; they do not prove conformance.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from inspecting import Inspection, axe_version, crawl, kind_of, route_kinds, show
from playwright.async_api import Browser, Page, Route
from served import Served

from folkmoot.kernel.settings import load
from folkmoot.store.sqlite import connect
from folkmoot.web.application import load as load_registry

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
# A hundred recommendations look alike: `make battery` looks at each of them.
MOST = 0 if os.environ.get("FOLKMOOT_BATTERY") == "full" else 3
FILES = ("/sitemap", "/robots", "/files/", "/.well-known", "/figures/", "/datasets/[^/]+/versions/")
ANSWERING = tuple(f"/consultations/[^/]+/{page}" for page in ("respond/", "check-answers", "confirmation"))
# Addresses that only take what is sent to them, or give a file.
ACTIONS = ("/retry", "/publish", "/remove", "/done", "/export", "/copy", "/erase", "/erased")
# Reached by links in mail, and by sending a form.
LINKS = (
    "/complaint/received",
    *(f"/subscriptions/{page}" for page in ("check", "confirm", "unsubscribe", "manage")),
)
ELSEWHERE = (*FILES, *ANSWERING, *LINKS, "/sign-in/", "/sign-out", "/account", "/admin")
OPEN = "/consultations/visiting-in-care-homes"
CLOSED = "/consultations/complaints-guide"


@pytest.fixture
def kinds(demo: Served) -> list[re.Pattern[str]]:
    registry = load_registry(load(Path(demo.folder) / "folkmoot.toml", environ={}))
    return route_kinds([owned.item.path for owned in (*registry.routes, *registry.admin_routes)])


@pytest.fixture
def inspection(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Iterator[Inspection]:
    made = Inspection()
    yield made
    with capsys.disabled():
        print(f"\n{made.figure(request.node.name)}")


async def window(browser: Browser) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    return await context.new_page()


def passes(inspection: Inspection) -> None:
    assert inspection.findings
    assert not inspection.faults, "\n".join(inspection.faults)


async def test_the_axe_that_is_carried_knows_wcag_22() -> None:
    assert axe_version() >= (4, 10)


@pytest.mark.parametrize("site", ["occs", "parent"])
async def test_every_public_page_that_links_lead_to(
    chromium: Browser, demo: Served, kinds: list[re.Pattern[str]], inspection: Inspection, site: str
) -> None:
    # The second site is made of the same pages.
    most = MOST and (MOST if site == "occs" else 1)
    addresses = await crawl(demo.address(site=site), kinds=kinds, most=most)
    assert demo.address("/cy", site=site) in addresses
    addresses += [
        demo.address(path, site=site) for path in ("/sign-in", "/search?q=care", "/cy/search?q=nothing-at-all")
    ]
    about = "path=%2Fprivacy"
    addresses += [demo.address(f"/feedback{rest}", site=site) for rest in (f"?{about}", f"/thanks?{about}&useful=no")]
    page = await window(chromium)
    for address in addresses:
        await page.goto(address)
        await inspection.look(page, address)
    await page.goto(demo.address(f"/feedback?{about}", site=site))
    await page.locator("main form button[type=submit]").first.click()
    await inspection.look(page, "a report with an error")
    await page.context.close()
    # So that a new kind of page cannot be passed over: everything but files and what other tests look at.
    public = [kind for kind in kinds if not kind.pattern.startswith(ELSEWHERE)]
    seen = {kind_of(address, public)[0] for address in addresses}
    unseen = [kind.pattern for at, kind in enumerate(public) if at not in seen]
    assert unseen == ([] if site == "occs" else ["/consultations/[^/]+/document"])
    passes(inspection)


def set_job_aside(demo: Served) -> None:
    """Put a job into the tables that waits for staff to decide."""
    values = {"name": "core.gone", "key": "", "arguments": "{}", "state": "dead", "worker": "", "attempts": 8}
    values |= {"done": 0, "total": 0, "sentence": "", "error": "It failed.", "result": "", "id": uuid4().hex}
    values |= dict.fromkeys(("run_at", "created_at", "finished_at"), "2026-11-02 09:00:00.000000")
    names = ", ".join(values)
    with closing(connect(str(Path(demo.folder) / "data" / "folkmoot.db"))) as connection:
        site = connection.execute("select id from core_site where slug = 'occs'").fetchone()[0]
        marks = ", ".join("?" * len(values))
        connection.execute(f"insert into core_job (site_id, {names}) values (?, {marks})", (site, *values.values()))


async def add_a_file(page: Page, demo: Served) -> None:
    """Upload a file, so that the pages of one file are there."""
    await page.goto(demo.address("/admin/files"))
    await page.locator("#file").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"words"}])
    await page.get_by_role("button", name="Save file").click()


async def complain(page: Page, demo: Served, inspection: Inspection) -> None:
    """Send the complaint form, first with nothing in it."""
    await page.goto(demo.address("/complaint"))
    await page.locator("main button[type=submit]").first.click()
    await inspection.look(page, "a complaint with errors")
    await page.locator("main [name=contact]").fill("somebody at home")
    await page.locator("main [name=what_happened]").fill("My answer was shown to others.")
    await page.locator("main button[type=submit]").first.click()
    await inspection.look(page, "a complaint that was received")


async def ask_for_personal_data(page: Page, demo: Served, inspection: Inspection) -> None:
    """Note a request, and look somebody up of whom nothing is held."""
    await page.goto(demo.address("/admin/personal-data/requests"))
    await page.locator("main form button[type=submit]").first.click()
    await inspection.look(page, "a request with errors")
    await page.locator("#subject").fill("nobody@occs.example")
    await page.locator("main [name=kind]").first.check()
    for part, value in {"day": "2", "month": "1", "year": "2026"}.items():
        await page.locator(f"#{part}").fill(value)
    await page.locator("main form button[type=submit]").first.click()
    await inspection.look(page, "a request that was noted")
    await page.goto(demo.address("/admin/personal-data"))
    await page.locator("main [name=subject]").fill("nobody@occs.example")
    await page.locator("main form button[type=submit]").first.click()
    await inspection.look(page, "what is held about somebody")


async def test_every_page_of_the_console(
    chromium: Browser, demo: Served, kinds: list[re.Pattern[str]], inspection: Inspection
) -> None:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {await demo.token()}"}) as program:
        draft = {"slug": "a-draft", "title": "A draft", "markdown": "# A draft\n\n## One\n\nA paragraph.\n"}
        made = await program.post(demo.address("/api/v1/publications"), json=draft)
    assert made.status_code == 201
    set_job_aside(demo)
    page = await window(chromium)
    await page.goto(await demo.sign_in_link("axe@occs.example", "administrator"))
    await inspection.look(page)
    await page.get_by_role("button", name="Sign in").click()
    await add_a_file(page, demo)
    await complain(page, demo, inspection)
    await ask_for_personal_data(page, demo, inspection)
    cookie = "; ".join(f"{each.get('name')}={each.get('value')}" for each in await page.context.cookies())
    addresses = await crawl(demo.address("/admin"), cookie=cookie, kinds=kinds, most=MOST)
    pages = [each for each in addresses if not urlsplit(each).path.endswith("/export")]
    for address in [each for each in pages if "/admin" in each or "/account" in each]:
        await page.goto(address)
        await inspection.look(page, address)
    console = [kind for kind in kinds if kind.pattern.startswith("/admin") and not kind.pattern.endswith(ACTIONS)]
    seen = {kind_of(address, console)[0] for address in addresses}
    assert [kind.pattern for at, kind in enumerate(console) if at not in seen] == []
    # Forms of the console sent empty, as far as that does nothing: each comes back with its errors.
    await page.goto(demo.address("/admin/consultation/new"))
    await page.get_by_role("button", name="Save and add questions").click()
    await inspection.look(page, "a new consultation with errors")
    await page.context.close()
    passes(inspection)


async def answering(page: Page, inspection: Inspection, served: Served, prefix: str) -> None:
    """Look at every page of answering, with errors and without."""
    await page.goto(served.address(f"{prefix}{OPEN}/check-answers"))
    await inspection.look(page, f"{prefix} no answers yet")
    await page.goto(served.address(f"{prefix}{OPEN}/respond/1"))
    button = page.locator("main form button[type=submit]")
    await button.click()
    await inspection.look(page, f"{prefix} choice with an error")
    await page.locator("input[value=works_in_care]").check()
    await button.click()
    await page.locator("main input[type=text]").fill("x" * 300)
    await button.click()
    await inspection.look(page, f"{prefix} text with an error")
    await page.locator("main input[type=text]").fill("A home")
    await button.click()
    await page.locator("input[value=partly]").check()
    await button.click()
    await inspection.look(page, f"{prefix} several choices")
    await page.locator("input[type=checkbox]").first.check()
    await button.click()
    await page.locator("main textarea").fill("word " * 600)
    await button.click()
    await inspection.look(page, f"{prefix} long text with an error")
    await page.locator("main textarea").fill("A-very-long-word-" * 12)
    await button.click()
    await inspection.look(page, f"{prefix} check your answers")
    await page.locator("#confidential").fill("z" * 2_100)
    await button.click()
    await inspection.look(page, f"{prefix} check your answers with an error")
    await page.locator("#confidential").fill("")
    await button.click()
    assert page.url.endswith("/confirmation")
    await inspection.look(page, f"{prefix} receipt")


@pytest.mark.parametrize("prefix", ["", "/cy"], ids=["English", "Welsh"])
async def test_every_state_of_answering(chromium: Browser, demo: Served, inspection: Inspection, prefix: str) -> None:
    page = await window(chromium)
    await answering(page, inspection, demo, prefix)
    await page.context.close()
    passes(inspection)


async def test_every_page_that_says_no(chromium: Browser, demo: Served, inspection: Inspection) -> None:
    page = await window(chromium)
    async with httpx.AsyncClient(base_url=demo.address("")) as client:
        for prefix in ("", "/cy"):
            refused = {
                404: await client.get(f"{prefix}/consultations/no-such-thing"),
                405: await client.post(f"{prefix}/privacy"),
                410: await client.get(f"{prefix}{CLOSED}/respond/1"),
                413: await client.post(f"{prefix}{OPEN}/respond/1", content=b"x" * 1_100_000),
                403: await client.post(
                    f"{prefix}{OPEN}/respond/1",
                    data={"role": "carer", "note": "what was typed"},
                    headers={"sec-fetch-site": "cross-site"},
                ),
                422: await client.post(f"{prefix}/sign-in", data={"email": "somebody", "password": "wrong"}),
            }
            for status, answer in refused.items():
                assert answer.status_code == status
                await show(page, answer)
                await inspection.look(page, f"{prefix} {status}")
        for _ in range(11):
            tried = await client.post("/sign-in", data={"email": "guess@occs.example", "password": "wrong"})
        assert tried.status_code == 429
        await show(page, tried)
        await inspection.look(page, "429")
        stranger = await client.get("/", headers={"host": "nobody.example"})
        assert stranger.status_code == 404
        await show(page, stranger)
        await inspection.look(page, "unknown host")
    await page.goto(await demo.sign_in_link("analyst@occs.example", "analyst"))
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(demo.address("/admin/consultation/new"))
    await inspection.look(page, "403 for a role")
    await page.context.close()
    passes(inspection)


BROKEN: dict[str, Callable[[str], str]] = {
    "label": lambda html: re.sub(r"<label[^>]*>.*?</label>", "", html, flags=re.DOTALL),
    "html-has-lang": lambda html: re.sub(r'(<html[^>]*) lang="\w+"', r"\1", html),
    "px wide in a window": lambda html: html.replace("<main ", "<p>" + "wide" * 200 + "</p><main ", 1),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_page_that_was_broken_on_purpose_is_caught(chromium: Browser, demo: Served, fault: str) -> None:
    async def broken(route: Route) -> None:
        answer = await route.fetch()
        html = await answer.text()
        changed = BROKEN[fault](html)
        assert changed != html
        await route.fulfill(response=answer, body=changed)

    page = await window(chromium)
    address = demo.address(f"{OPEN}/respond/1")
    await page.goto(address)
    sound = Inspection()
    await sound.look(page)
    assert not sound.faults
    await page.route(address, broken)
    await page.goto(address)
    twin = Inspection()
    await twin.look(page)
    await page.context.close()
    assert any(fault in found for found in twin.faults)
