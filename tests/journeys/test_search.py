"""One search over everything that a site has published, without JavaScript; nothing of another site."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest
from playwright.async_api import Page, expect
from served import FIRST, PARENT, Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
Open = Callable[..., Awaitable[Page]]
SECONDS = 60


def client(served: Served, site: str, **headers: str) -> httpx.AsyncClient:
    """Return a program that calls a site; only browsers know where names under localhost are."""
    return httpx.AsyncClient(base_url=served.address("/api/v1"), headers={"host": f"{site}.localhost", **headers})


async def total(served: Served, text: str, *, site: str = FIRST) -> int:
    async with client(served, site) as program:
        answer = await program.get("/search", params={"q": text})
    return int(answer.json()["total"])


async def until(served: Served, text: str, number: int, *, site: str = FIRST) -> None:
    """Wait for the worker that runs beside the pages."""
    for _ in range(SECONDS * 4):
        if await total(served, text, site=site) >= number:
            return
        await asyncio.sleep(0.25)
    raise AssertionError(f"{text} was not found on {site} in {SECONDS} seconds")


async def publish_on_the_parent(served: Served) -> None:
    token = await served.token(site=PARENT)
    draft = {"slug": "zymurgy", "title": "The zymurgy of care", "markdown": "# One\n\nOnly the parent says kanari."}
    async with client(served, PARENT, authorization=f"Bearer {token}") as program:
        assert (await program.post("/publications", json=draft)).status_code == 201
        answer = await program.post("/publications/zymurgy/publish", json={"override_reason": "For a test."})
        assert answer.status_code == 200


async def look_for(page: Page, words: str) -> None:
    await page.locator("#q").fill(words)
    await page.locator("main").get_by_role("button", name="Search").click()


@pytest.mark.journey("site.A7")
async def test_one_search_finds_things_of_every_plugin_on_this_site_only(open_page: Open, either: Served) -> None:
    await publish_on_the_parent(either)
    await until(either, "kanari", 1, site=PARENT)
    await until(either, "care", 21)
    page = await open_page(width=320)
    await page.goto(either.address("/"))
    await page.get_by_role("link", name="Search", exact=True).click()
    await look_for(page, "caring")
    heading = page.locator("main h2").first
    await expect(heading).to_contain_text("results for “caring”")
    kinds = page.get_by_role("navigation", name="Show only")
    for kind in ("Consultation", "Publication", "Recommendation", "Chapter", "Dashboard"):
        await expect(kinds.get_by_role("link", name=kind)).to_be_visible()
    await expect(page.locator(".fm-results mark").first).to_have_text("care")

    # Another page, one kind, and a thing itself.
    await page.get_by_role("link", name="Next page").click()
    await expect(page.locator(".govuk-pagination [aria-current]")).to_have_text("2")
    await kinds.get_by_role("link", name="Dashboard").click()
    await expect(heading).to_have_text("1 result for “caring”")
    await page.locator(".fm-results a").first.click()
    await expect(page.locator("h1")).to_have_text("Adult social care outcomes")

    # Words side by side, a word that is not typed to its end, and one that the site does not have.
    await page.goto(either.address("/search"))
    await look_for(page, '"care home"')
    await expect(page.locator(".fm-results")).to_contain_text("Visiting in care homes")
    await look_for(page, "recommendat")
    await expect(page.locator(".fm-results li").first).to_be_visible()
    await look_for(page, "kanari")
    await expect(heading).to_have_text("No results for “kanari”")
    await expect(page.locator("main")).to_contain_text("check the spelling")

    # The parent department's own site has it.
    await page.goto(either.address("/search?q=kanari", site=PARENT))
    await expect(page.locator(".fm-results a")).to_have_text("One")
    await page.goto(either.address("/search?q=zymurgy", site=PARENT))
    await expect(page.locator(".fm-results a")).to_have_text("The zymurgy of care")
    assert await total(either, "zymurgy") == 0


@pytest.mark.journey("site.A7")
async def test_welsh_readers_search_in_welsh(open_page: Open, either: Served) -> None:
    await until(either, "care", 21)
    page = await open_page()
    await page.goto(either.address("/cy/search"))
    await page.locator("#q").fill("care")
    await page.locator("main").get_by_role("button", name="Chwilio").click()
    await expect(page.locator("main h2").first).to_contain_text("ar gyfer “care”")
    await expect(page.locator(".fm-results a").first).to_have_attribute("lang", "en")
