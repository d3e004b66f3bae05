"""Emails asked for, confirmed, seen and stopped in a browser, by the links that the served site really writes."""

import asyncio
import re
from email import message_from_bytes
from pathlib import Path

import pytest
from inspecting import Inspection
from playwright.async_api import Browser, Page
from served import Served

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
LINK = re.compile(r"https?://\S+/subscriptions/\S+")


async def new_letter(folder: Path, seen: set[Path]) -> str:
    """Return the text of the message that is written next: the console backend writes files."""
    async with asyncio.timeout(30):
        while True:
            for path in sorted(set((folder / "data" / "mail").glob("*.eml")) - seen):
                payload = message_from_bytes(path.read_bytes()).get_payload(decode=True)
                if isinstance(payload, bytes) and payload:
                    seen.add(path)
                    return payload.decode()
            await asyncio.sleep(0.1)


async def press(page: Page) -> None:
    await page.locator("main form button[type=submit]").last.click()


@pytest.mark.parametrize("prefix", ["", "/cy"], ids=["English", "Welsh"])
async def test_every_page_of_subscribing(chromium: Browser, demo: Served, prefix: str) -> None:
    context = await chromium.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
    page, inspection = await context.new_page(), Inspection()
    seen = set((Path(demo.folder) / "data" / "mail").glob("*.eml"))
    email = f"reader{len(prefix)}@example.org"
    await page.goto(demo.address(f"{prefix}/subscriptions/new/consultation:new"))
    await press(page)
    await inspection.look(page, f"{prefix} asking, with an error")
    await page.locator("#email").fill(email)
    await press(page)
    await inspection.look(page, f"{prefix} check your email")
    [confirm] = LINK.findall(await new_letter(Path(demo.folder), seen))
    await page.goto(confirm)
    await inspection.look(page, f"{prefix} confirming")
    await press(page)
    await inspection.look(page, f"{prefix} confirmed")
    await page.goto(demo.address(f"{prefix}/subscriptions"))
    await press(page)
    await inspection.look(page, f"{prefix} asking for the link, with an error")
    await page.locator("#email").fill(email)
    await press(page)
    [manage] = LINK.findall(await new_letter(Path(demo.folder), seen))
    await page.goto(manage)
    await inspection.look(page, f"{prefix} all emails")
    await press(page)
    await inspection.look(page, f"{prefix} stopped")
    assert "?stopped=1" in page.url
    await context.close()
    print(inspection.figure(f"subscribing {prefix}"))
    assert inspection.findings
    assert not inspection.faults, "\n".join(inspection.faults)
