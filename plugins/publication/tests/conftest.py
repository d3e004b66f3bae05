"""What the tests of publications share: a manuscript, and a published one with recommendations."""

from typing import Any

import pytest
import pytest_asyncio

from folkmoot.testing import Client, Instance

MARKDOWN = """\
# The report

## First things

One paragraph.

### A section

- a list

## Last things

1.12 A typed number <script>alert(1)</script>.

| Year | People |
|---|---|
| 2026 | 5 |
"""
BODY = {"slug": "report", "title": "The report", "summary": "In short.", "kind": "report", "markdown": MARKDOWN}
THEMES = ("Press", "Police & press", "")
STATUSES = ("Accepted", "Not accepted", "", "Our own word")


def recommendation(number: int) -> dict[str, Any]:
    return {
        "text": f"Do thing number {number}. And do it well.",
        "theme": THEMES[number % 3],
        "status": STATUSES[number % 4],
        "owner": "Councils",
        "response": "We will." if number % 2 else "",
    }


@pytest.fixture
def body() -> dict[str, str]:
    return dict(BODY)


@pytest_asyncio.fixture
async def published(instance: Instance, api: Client) -> Client:
    """A program's client on a site whose publication “report” is published, with 45 recommendations."""
    assert (await api.post("/api/v1/publications", json=BODY)).status_code == 201
    for number in range(1, 46):
        path = f"/api/v1/publications/report/recommendations/{number}"
        assert (await api.put(path, json=recommendation(number))).status_code == 200
    answer = await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    assert answer.status_code == 200, answer.text
    return api
