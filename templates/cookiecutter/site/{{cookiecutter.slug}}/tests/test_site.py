"""The site starts from an empty database, and every address that its pages lead to answers."""

import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

SITE = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((SITE / "folkmoot.toml").read_text(encoding="utf-8"))
FOLKMOOT = [sys.executable, "-c", "from folkmoot.cli.main import main; main()"]
LOCALES = SETTINGS["site"]["locales"]
HOMES = ["/", *(f"/{locale}/" for locale in LOCALES[1:])]
ADDRESS = re.compile(r"http://localhost:[0-9]+")


class Page(HTMLParser):
    """Its main heading, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.heading = ""
        self._in_heading = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_heading = self._in_heading or tag == "h1"
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_heading = self._in_heading and tag != "h1"

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self.heading += data


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A database of the test's own: the site's data stays as it is."""
    database = tmp_path_factory.mktemp("data") / "test.db"
    own = {
        "FOLKMOOT_CONFIG": str(SITE / "folkmoot.toml"),
        "FOLKMOOT_DATABASE__URL": f"sqlite:///{database}",
        "FOLKMOOT_SECRET_KEY": "only for the length of this test, never for a site",
        "PYTHONUNBUFFERED": "1",
    }
    return {**os.environ, **own}


@pytest.fixture(scope="module")
def address(environment: dict[str, str]) -> Iterator[str]:
    serve = [*FOLKMOOT, "serve", "--migrate", "--port", "0"]
    process = subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield next(found.group() for line in process.stdout if (found := ADDRESS.search(line)))
    finally:
        process.terminate()
        process.wait(timeout=30)


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.parametrize("home", HOMES)
def test_the_home_page_carries_the_name_of_the_site(address: str, home: str) -> None:
    status, html = get(address + home)
    assert (status, Page(html).heading.strip()) == (200, SETTINGS["site"]["name"])


@pytest.mark.parametrize("home", HOMES)
def test_every_address_that_the_home_page_leads_to_answers(address: str, home: str) -> None:
    whole = {urljoin(address + home, link).partition("#")[0] for link in Page(get(address + home)[1]).links}
    ours = sorted(url for url in whole if url.startswith(f"{address}/"))
    assert len(ours) >= 5
    assert {url: get(url)[0] for url in ours} == dict.fromkeys(ours, 200)


def test_every_plugin_runs_and_its_first_pages_answer(address: str, environment: dict[str, str]) -> None:
    active = [row["name"] for row in folkmoot(environment, "plugin", "list") if row["state"] == "active"]
    assert sorted(active) == sorted(SETTINGS["plugins"]["active"])
    shown = [folkmoot(environment, "plugin", "show", name) for name in active]
    homes = [f"/{mount}" for plugin in shown for mount in plugin["mounts"] if f"/{mount}" in plugin["pages"]]
    assert {home: get(address + home)[0] for home in homes} == dict.fromkeys(homes, 200)


def folkmoot(environment: dict[str, str], *arguments: str) -> Any:
    run = [*FOLKMOOT, *arguments, "--json"]
    return json.loads(subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout)
