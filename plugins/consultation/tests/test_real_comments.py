"""Real comments, as people wrote them, submitted through the public API and counted."""

import asyncio
import csv
import os
from pathlib import Path

import httpx

from folkmoot.testing import Instance

FOLKMOOT_PLUGINS = ("consultation",)
ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("FOLKMOOT_SAMPLE_DATA") or ROOT.parent / "shared" / "data")
REAL = SHARED / "freetext" / "nhs_patient_comments.csv"
OWN = Path(__file__).parent / "samples" / "comments.csv"
WANTED = 1000
FORM = {
    "pages": [
        {
            "title": "Your care",
            "questions": [
                {"key": "comment", "type": "long_text", "label": "What was your care like?", "required": True},
                {
                    "key": "good",
                    "type": "single",
                    "label": "Was it good?",
                    "options": [{"key": "yes", "label": "Yes"}, {"key": "no", "label": "No"}],
                },
            ],
        }
    ]
}


def comments() -> list[str]:
    """Return a thousand comments that say something: real ones where they are at hand, else our own, repeated."""
    path = REAL if REAL.is_file() else OWN
    with path.open(encoding="utf-8", newline="") as file:
        said = [row["feedback"] for row in csv.DictReader(file) if (row["feedback"] or "").strip()]
    return (said * (WANTED // len(said) + 1))[:WANTED]


async def test_a_thousand_comments_are_received_and_counted_exactly(instance: Instance) -> None:
    api = await instance.api()
    made = await api.post(
        "/api/v1/consultations",
        json={
            "slug": "care",
            "title": "Your care",
            "summary": "Tell us what it was like.",
            "opens_at": "2026-01-01T09:00:00+00:00",
            "closes_at": "2026-12-01T23:59:00+00:00",
            "form": FORM,
        },
    )
    assert made.status_code == 201, made.text
    published = await api.post("/api/v1/consultations/care/publish", json={"override_reason": "A test."})
    assert (published.status_code, published.json()["state"]) == (200, "open")
    anyone = instance.client()
    said = comments()

    async def send(number: int, comment: str) -> httpx.Response:
        answers = {"comment": comment, "good": "yes" if number % 4 else "no"}
        return await anyone.post("/api/v1/consultations/care/submissions", json={"answers": answers})

    received: list[httpx.Response] = []
    for start in range(0, WANTED, 50):
        batch = enumerate(said[start : start + 50], start)
        received += await asyncio.gather(*(send(number, comment) for number, comment in batch))
    assert {response.status_code for response in received} == {201}
    assert len({response.json()["reference"] for response in received}) == WANTED

    results = (await api.get("/api/v1/consultations/care/results")).json()
    assert results["total"] == WANTED
    counts = {option["key"]: option["count"] for option in results["questions"]["good"]["options"]}
    assert counts == {"yes": 750, "no": 250}
    assert await _stored(api) == sorted(_tidy(comment) for comment in said)


async def _stored(api: httpx.AsyncClient) -> list[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        listed = (await api.get("/api/v1/consultations/care/submissions", params={"cursor": cursor})).json()
        found += [_tidy(item["answers"]["comment"]) for item in listed["items"]]
        cursor = listed["next"]
    return sorted(found)


def _tidy(text: str) -> str:
    return " ".join(text.split())
