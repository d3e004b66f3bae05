"""A real browser and a real instance: the demo served by the real command, looked at by Debian's Chromium."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from served import Served, make_demo, running_browser, serve  # noqa: E402 (the tools are no package)

from folkmoot.testing import postgres  # noqa: E402

Open = Callable[..., Awaitable[Page]]
SignIn = Callable[[str, str], Awaitable[Page]]


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's two sites, served."""
    folder = tmp_path_factory.mktemp("journeys") / "demo-site"
    make_demo(folder)
    with serve(folder) as running:
        yield running


@pytest.fixture(scope="session")
def served(on_sqlite: Served) -> Served:
    """The demo on SQLite, unless a file of tests says otherwise."""
    return on_sqlite


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's two sites on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("on_sqlite")
        return
    urls = postgres.empty_database()
    environ = {
        "FOLKMOOT_DATABASE__URL": urls.app,
        "FOLKMOOT_DATABASE__OWNER_URL": urls.owner,
        "FOLKMOOT_DATABASE__SYSTEM_URL": urls.system,
    }
    folder = tmp_path_factory.mktemp("journeys") / "demo-site"
    make_demo(folder, environ)
    with serve(folder, environ=environ) as running:
        yield running
    postgres.drop_database(urls)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's Chromium."""
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[Open]:
    """Opens a window of its own, without JavaScript unless it is asked for: ``await open_page(width=320)``."""
    contexts: list[BrowserContext] = []

    async def window(*, width: int = 1280, javascript: bool = False) -> Page:
        context = await browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=javascript)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return await context.new_page()

    yield window
    for context in contexts:
        await context.close()


@pytest.fixture
def sign_in(open_page: Open, served: Served) -> SignIn:
    """Signs a person in by a one-time link: ``page = await sign_in(email, role)``."""

    async def enter(email: str, role: str) -> Page:
        page = await open_page()
        await page.goto(await served.sign_in_link(email, role))
        await page.get_by_role("button", name="Sign in").click()
        return page

    return enter
