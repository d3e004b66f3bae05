"""A new site from the template, as its first administrator comes to it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from served import run, serve

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
Open = Callable[..., Awaitable[Page]]


async def test_the_first_administrator_of_a_new_site_sees_every_plugin(open_page: Open, tmp_path: Path) -> None:
    made = run(tmp_path, "new", "site", "--no-input", "site_name=Engage Harbours", "slug=harbours", "languages=en,cy")
    folder = tmp_path / made.strip()
    page = await open_page()
    with serve(folder, "--migrate") as served:
        first = await page.goto(served.address())
        assert first is not None
        assert first.status == 200
        await expect(page.locator("h1")).to_have_text("Engage Harbours")
        served.run("user", "create", "first@harbours.example", "--role", "administrator")
        link = served.run("user", "link", "first@harbours.example", "--base", served.address("")).strip()
        await page.goto(link)
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.locator("h1")).to_have_text("What needs doing")
        places = page.locator(".fm-console__places a")
        plugins = {line.split()[0] for line in served.run("plugin", "list").splitlines() if " active" in line}
        assert len(plugins) == 4
        assert await places.count() >= 1 + len(plugins)
        for place in [await each.get_attribute("href") for each in await places.all()]:
            answer = await page.goto(served.address(str(place)))
            assert answer is not None
            assert answer.status == 200, place
        # A second site by command answers within two seconds, with the plugins that were named.
        served.run("site", "create", "port", "--name", "Port office", "--plugins", "consultation")
        await page.wait_for_timeout(1_500)
        other = await page.goto(served.address(site="port"))
        assert other is not None
        await expect(page.locator("h1")).to_have_text("Port office")
        off = await page.goto(served.address("/publications", site="port"))
        assert off is not None
        assert off.status == 404
