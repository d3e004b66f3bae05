"""The demo served, a browser, and axe-core (carried by the distribution axe-playwright-python, pinned by its hash)."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from served import Served, make_demo, running_browser, serve  # noqa: E402 (the tools are no package)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo's two sites, served; nobody changes them but these tests."""
    folder = tmp_path_factory.mktemp("accessibility") / "demo-site"
    make_demo(folder)
    with serve(folder) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The machine's Chromium."""
    async with running_browser() as running:
        yield running
