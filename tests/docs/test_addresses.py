"""The references of addresses and of the JSON API list what core and the bundled plugins declare, and nothing else."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from folkmoot.web import core_plugin

ROOT = Path(__file__).resolve().parents[2]
URLS = (ROOT / "docs" / "reference" / "urls.md").read_text()
API = (ROOT / "docs" / "reference" / "api.md").read_text()
TYPE = re.compile(r":\w+\}")
# Answered by the edge, before any route.
OF_THE_EDGE = {"GET /-/live", "GET /-/ready", "GET /static/…"}


def declared(hook: str) -> Iterator[Any]:
    plugins = [f"{path.parent.name}.plugin" for path in sorted(ROOT.glob("plugins/*/folkmoot_*/plugin.py"))]
    for module in (core_plugin, *map(importlib.import_module, plugins)):
        if hasattr(module, hook):
            yield from getattr(module, hook)()


def rows(reference: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z/]+ /.*?)` \|", reference, re.MULTILINE))


def test_every_page_is_in_the_reference_of_addresses() -> None:
    routes = [*declared("register_routes"), *declared("register_admin_routes")]
    expected = {f"{'/'.join(route.methods)} {TYPE.sub('}', route.path)}" for route in routes}
    assert rows(URLS) == expected | OF_THE_EDGE


def test_every_page_is_listed_with_its_query_and_its_suffixes() -> None:
    for route in [*declared("register_routes"), *declared("register_admin_routes")]:
        start = f"| `{'/'.join(route.methods)} {TYPE.sub('}', route.path)}` |"
        row = next(line for line in URLS.splitlines() if line.startswith(start)).split(" | ")
        assert re.findall(r"`(\w+)`", row[1]) == list(route.query), route.path
        assert re.findall(r"`\.(\w+)`", row[2]) == list(route.suffixes), route.path


def test_every_call_is_in_the_reference_of_the_api_with_its_status_and_summary() -> None:
    calls = list(declared("register_api_routes"))
    assert rows(API) == {f"{call.method} /api/v1{TYPE.sub('}', call.path)}" for call in calls}
    for call in calls:
        start = f"| `{call.method} /api/v1{TYPE.sub('}', call.path)}` |"
        row = next(line for line in API.splitlines() if line.startswith(start))
        assert f" | {call.status} | " in row
        assert row.endswith(f"| {call.summary} |")
