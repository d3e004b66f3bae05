"""Exports go through every submission once, some at a time, and are sent while they are made."""

import csv
import io
import json
from typing import Any

import pytest

from folkmoot.api.forms import sent_rows
from folkmoot.testing import Instance
from folkmoot_consultation.exporting import as_csv, as_json
from folkmoot_consultation.service import find_consultation, live_form

FOLKMOOT_PLUGINS = ("consultation",)
EXPORT = "/admin/consultation/street-lighting/submissions/export"
QUESTIONS = [
    {"key": "where", "type": "text", "label": "Where?"},
    {
        "key": "when",
        "type": "multiple",
        "label": "When?",
        "options": [{"key": "dusk", "label": "Dusk"}, {"key": "dawn", "label": "Dawn"}],
    },
]
LATER = {"key": "why", "type": "text", "label": "Why at dusk?", "show_if": "when == 'dusk'"}
SENT: list[dict[str, Any]] = [
    {"where": "Here", "when": ["dusk", "dawn"], "why": "It is dark"},
    {"where": "=1+1"},
    {"when": ["dawn"]},
    {"where": "There"},
    {"where": "Llanfair"},
]


@pytest.fixture
async def filled(instance: Instance) -> Instance:
    """Five submissions, all at one instant of the frozen clock: only their ids tell them apart."""
    staff = await instance.api()
    body = {
        "slug": "street-lighting",
        "title": "Street lighting",
        "summary": "How bright?",
        "opens_at": "2026-01-01T09:00:00Z",
        "closes_at": "2026-12-01T09:00:00Z",
        "form": {"pages": [{"title": "One", "questions": QUESTIONS}, {"title": "Two", "questions": [LATER]}]},
    }
    made = await staff.post("/api/v1/consultations", json=body)
    assert made.status_code == 201, made.text
    reason = {"override_reason": "A test."}
    assert (await staff.post("/api/v1/consultations/street-lighting/publish", json=reason)).status_code == 200
    for answers in SENT:
        sent = await staff.post("/api/v1/consultations/street-lighting/submissions", json={"answers": answers})
        assert sent.status_code == 201, sent.text
    return instance


@pytest.mark.parametrize("size", [1, 2, 5, 500])
async def test_every_submission_comes_once_whatever_the_size_of_a_page(
    filled: Instance, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("folkmoot.forms.exporting.PAGE", size)
    desk = filled.desk()
    async with desk.reading() as session:
        form = await live_form(session, await find_consultation(session, "street-lighting"))
    pages = [rows async for rows in sent_rows(desk, form)]
    assert max(len(rows) for rows in pages) <= size
    assert [row.answers for rows in pages for row in rows] == SENT
    found = list(csv.DictReader(io.StringIO("".join([piece async for piece in as_csv(desk, form)]))))
    assert [row["where"] for row in found] == ["Here", "'=1+1", "", "There", "Llanfair"]
    assert [row["when.dusk"] + row["when.dawn"] + row["why"] for row in found] == ["11It is dark", "", "1", "", ""]
    whole = json.loads("".join([piece async for piece in as_json(desk, form)]))
    assert [each["answers"] for each in whole["submissions"]] == SENT
    assert list(whole["submissions"][0]["answers"]) == ["where", "when", "why"]


async def test_the_download_is_sent_in_pieces_and_head_reads_no_rows(
    filled: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await filled.staff_client("publisher")
    response = await staff.get(EXPORT)
    assert "content-length" not in response.headers
    assert response.headers["cache-control"] == "no-store"
    assert len(response.text.splitlines()) == 1 + len(SENT)

    def refuse(*_: Any) -> Any:
        raise AssertionError("rows were read")

    monkeypatch.setattr("folkmoot.forms.exporting._page", refuse)
    assert (await staff.head(EXPORT)).status_code == 200
