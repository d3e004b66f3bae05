"""Looks at pages with axe-core at two widths, and finds the pages to look at."""

import re
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from playwright.async_api import Page, Route

from folkmoot.testing import read_html

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
    .then(found => found.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3)]))"""
# What sticks out: not what scrolls inside a box made for it.
WIDE = """() => {
    const page = document.scrollingElement.scrollWidth, view = document.documentElement.clientWidth;
    if (page <= view) return [];
    return [`the page is ${page} px wide in a window of ${view}: ` + [...document.body.querySelectorAll('*')]
        .filter(e => e.getBoundingClientRect().right > view + 1 && !e.closest('.fm-table-scroll *'))
        .slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' | ')];
}"""
WIDTHS = (1280, 320)


def axe_version() -> tuple[int, ...]:
    """Return the version of axe-core that the distribution carries."""
    found = re.search(r"axe v([0-9.]+)", AXE)
    assert found is not None
    return tuple(int(part) for part in found[1].split("."))


@dataclass(slots=True)
class Inspection:
    """What was looked at and what was wrong with it: ``{(address, width): [finding]}``."""

    findings: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    async def look(self, page: Page, name: str = "") -> None:
        """Look at the page as it stands, at each width."""
        await page.evaluate(AXE)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            found: list[Any] = await page.evaluate(RUN, TAGS)
            said = [f"{rule}: {text}: {' | '.join(nodes)}" for rule, text, nodes in found]
            self.findings[name or urlsplit(page.url).path, width] = said + await page.evaluate(WIDE)

    @property
    def faults(self) -> list[str]:
        return [f"{name} at {width} px: {one}" for (name, width), many in self.findings.items() for one in many]

    def figure(self, what: str) -> str:
        return f"{what}: pages x widths checked: {len(self.findings)}, violations: {len(self.faults)}"


async def show(page: Page, answer: httpx.Response) -> None:
    """Show an answer to something else than GET, with its own headers, at the address that gave it."""
    dropped = {"content-length", "content-encoding", "set-cookie", "transfer-encoding"}
    headers = {name: value for name, value in answer.headers.items() if name not in dropped}

    async def fulfil(route: Route) -> None:
        await route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    address = str(answer.url)
    await page.route(address, fulfil)
    await page.goto(address)
    await page.unroute(address)


async def crawl(start: str, *, cookie: str = "", kinds: list[re.Pattern[str]], most: int) -> list[str]:
    """Return every page that links lead to, ``most`` of one kind and language where it is not 0.

    :param kinds: the patterns of the routes; pages of one route are of one kind
    """
    found: list[str] = []
    seen, waiting = {start}, [start]
    counts: Counter[tuple[int, bool]] = Counter()
    headers = {"cookie": cookie} if cookie else {}
    async with httpx.AsyncClient(headers=headers, timeout=30) as client:
        while waiting:
            address = waiting.pop(0)
            kind = kind_of(address, kinds)
            counts[kind] += 1
            if most and counts[kind] > most:
                continue
            # By number, because not every resolver knows names below localhost, as browsers do.
            parts = urlsplit(address)
            asked = parts._replace(netloc=f"127.0.0.1:{parts.port}").geturl()
            answer = await client.get(asked, headers={"host": parts.netloc}, follow_redirects=True)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            found.append(address)
            for link in read_html(answer.text).all("a"):
                landed = urlsplit(str(answer.url))._replace(netloc=parts.netloc).geturl()
                target = urldefrag(urljoin(landed, link.get("href"))).url
                if urlsplit(target).netloc == parts.netloc and target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return found


def kind_of(address: str, kinds: list[re.Pattern[str]]) -> tuple[int, bool]:
    """Return which route an address belongs to, and whether it is Welsh."""
    path = urlsplit(address).path
    welsh = path == "/cy" or path.startswith("/cy/")
    path = path.removeprefix("/cy") or "/" if welsh else path
    return next((at for at, kind in enumerate(kinds) if kind.fullmatch(path)), -1), welsh


def route_kinds(paths: list[str]) -> list[re.Pattern[str]]:
    """Return the patterns of routes such as ``/publications/{slug:str}``, fixed ones first."""
    ordered = sorted(set(paths), key=lambda path: path.count("{"))
    return [re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in ordered]
