"""What the tests of publications share: a manuscript, and a published one with recommendations."""

import pytest
import pytest_asyncio

from folkmoot.testing import Client, Instance
from folkmoot_publication.recommendation_service import keep_recommendations
from folkmoot_publication.spreadsheet import read_recommendations

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


def table() -> str:
    """Return a table of 45 recommendations in which themes and statuses are mixed, and some are missing."""
    rows = (
        f"{number},Do thing number {number}. And do it well.,{THEMES[number % 3]},{STATUSES[number % 4]},Councils,"
        f"{'We will.' if number % 2 else ''}"
        for number in range(1, 46)
    )
    return "\n".join(["ref,text,theme,status,owner,response", *rows])


@pytest.fixture
def body() -> dict[str, str]:
    return dict(BODY)


@pytest_asyncio.fixture
async def published(instance: Instance, api: Client) -> Client:
    """A program's client on a site whose publication “report” is published, with 45 recommendations."""
    assert (await api.post("/api/v1/publications", json=BODY)).status_code == 201
    desk = instance.desk()
    async with desk.writing() as session:
        rows = read_recommendations(table()).rows
        await keep_recommendations(session, "report", rows, actor="test", now=desk.now(), may_publish=True)
    answer = await api.post("/api/v1/publications/report/publish", json={"override_reason": "A test."})
    assert answer.status_code == 200, answer.text
    return api
