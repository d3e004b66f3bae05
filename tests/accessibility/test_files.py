"""Files added, opened, handed on and deleted in a browser, in both languages."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from inspecting import Inspection
from playwright.async_api import Browser, Page
from served import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest_asyncio.fixture(loop_scope="session")
async def staff(chromium: Browser, demo: Served) -> AsyncIterator[Page]:
    """An author who has signed in."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(await demo.sign_in_link("files@occs.example", "author"))
    await page.locator("main button[type=submit]").click()
    yield page
    await context.close()


async def save(page: Page, name: str, content: bytes) -> None:
    await page.locator("#file").set_input_files([{"name": name, "mimeType": "", "buffer": content}])
    await page.locator("main form button[type=submit]").click()


@pytest.mark.parametrize("prefix", ["", "/cy"], ids=["English", "Welsh"])
async def test_every_page_of_files(chromium: Browser, demo: Served, staff: Page, prefix: str) -> None:
    inspection = Inspection()
    await staff.goto(demo.address(f"{prefix}/admin/files"))
    await staff.locator("main form button[type=submit]").click()
    await inspection.look(staff, f"{prefix} no file")
    await save(staff, "report.pdf", b"words")
    await inspection.look(staff, f"{prefix} a file that is not what it is called")
    await save(staff, f"Report{prefix.strip('/')} {'w' * 150}.pdf", PDF)
    assert staff.url.endswith(f"{prefix}/admin/files?done=added")
    await inspection.look(staff, f"{prefix} saved")
    await staff.locator("tbody a").first.click()
    await inspection.look(staff, f"{prefix} one file")
    link = await staff.locator("main a[href*='signature=']").get_attribute("href")
    assert link is not None
    stranger = await chromium.new_context()
    assert await (await stranger.request.get(link)).body() == PDF
    assert (await stranger.request.get(link.partition("?")[0])).status == 404
    await staff.locator("main a[href$='/delete']").click()
    await inspection.look(staff, f"{prefix} deleting")
    await staff.locator("main form button[type=submit]").click()
    assert staff.url.endswith(f"{prefix}/admin/files?done=deleted")
    assert (await stranger.request.get(link)).status == 404
    await stranger.close()
    print(inspection.figure(f"files {prefix}"))
    assert inspection.findings
    assert not inspection.faults, "\n".join(inspection.faults)
