"""`make screenshots`: pictures of the demo's main pages at the width of a phone and of a desk, into docs/images."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page
from served import Served, make_demo, running_browser, serve

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
WIDTHS = {1280: 900, 320: 640}
MOST_BYTES = 200_000
# A long page is cut: a picture is to be looked at.
TALLEST = {1280: 1_800, 320: 2_400}
OPEN = "/consultations/visiting-in-care-homes"
CLOSED = "/admin/consultation/complaints-guide/submissions"

Step = Callable[[Page, Served], Awaitable[None]]


def at(path: str) -> Step:
    """Return the step that goes to an address."""

    async def go(page: Page, served: Served) -> None:
        await page.goto(served.address(path))

    return go


def first_below(path: str) -> Step:
    """Return the step that follows the first link of a list."""

    async def go(page: Page, served: Served) -> None:
        await page.goto(served.address(path))
        await page.locator(f"main a[href^='{path}/']").first.click()

    return go


async def error(page: Page, served: Served) -> None:
    """Send a question without an answer."""
    await page.goto(served.address(f"{OPEN}/respond/1"))
    await page.get_by_role("button", name="Continue").click()


async def receipt(page: Page, served: Served) -> None:
    """Answer everything."""
    await page.goto(served.address(f"{OPEN}/respond/1"))
    carry_on = page.get_by_role("button", name="Continue")
    await page.locator("input[value=carer]").check()
    await carry_on.click()
    await page.locator("input[value=yes]").check()
    await carry_on.click()
    await page.locator("main textarea").fill("A quiet room with tea, and somebody who knows when to come in.")
    await carry_on.click()
    await page.get_by_role("button", name="Send your answers").click()


async def staff(page: Page, served: Served) -> None:
    """Sign in, and go to what was answered."""
    await page.goto(await served.sign_in_link("photographer@occs.example", "administrator"))
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(served.address(CLOSED))


PICTURES: dict[str, Step] = {
    "home": at("/"),
    "consultation": at(OPEN),
    "question": at(f"{OPEN}/respond/1"),
    "error": error,
    "receipt": receipt,
    "staff-list": staff,
    "publication": first_below("/publications"),
    "dashboard": first_below("/dashboards"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], help="which ones (default: all)")
    parser.add_argument("--output", type=Path, default=IMAGES, help="the folder (default: docs/images)")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        make_demo(Path(folder) / "demo-site")
        with serve(Path(folder) / "demo-site") as served:
            too_large = asyncio.run(take(served, options.names or list(PICTURES), options.output))
    for path in too_large:
        print(f"{path.name} is larger than {MOST_BYTES // 1000} KB.", file=sys.stderr)
    return 1 if too_large else 0


async def take(served: Served, names: list[str], folder: Path) -> list[Path]:
    """Take the pictures, and return those that are too large to be kept in the repository."""
    taken = []
    async with running_browser() as browser:
        for width, height in WIDTHS.items():
            for name in names:
                context = await browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
                page = await context.new_page()
                await PICTURES[name](page, served)
                taken.append(await picture(page, folder / f"{name}-{width}.png", width))
                await context.close()
    return [path for path in taken if path.stat().st_size > MOST_BYTES]


async def picture(page: Page, path: Path, width: int) -> Path:
    """Save the page as it is seen, as far down as a picture goes."""
    tall = await page.evaluate("document.scrollingElement.scrollHeight")
    await page.set_viewport_size({"width": width, "height": min(tall, TALLEST[width])})
    image = await page.screenshot(path=path, animations="disabled", caret="hide")
    print(f"{path.name}: {len(image) // 1000} KB")
    return path


if __name__ == "__main__":
    sys.exit(main())
