"""The JSON API of consultations, with what it must refuse."""

import asyncio
from typing import Any

import pytest

from folkmoot.testing import Client, Instance

FOLKMOOT_PLUGINS = ("consultation",)
OPTIONS = [{"key": "yes", "label": "Yes"}, {"key": "no", "label": "No"}]
QUESTIONS: list[dict[str, Any]] = [
    {"key": "agree", "type": "single", "label": "Do you agree?", "required": True, "options": OPTIONS},
    {"key": "parts", "type": "multiple", "label": "Which parts?", "options": OPTIONS},
    {"key": "name", "type": "text", "label": "Name"},
]
LATER = {"key": "why", "type": "long_text", "label": "Why not?", "show_if": "agree == 'no'"}
BODY: dict[str, Any] = {
    "slug": "bins",
    "title": "Bins",
    "summary": "How often?",
    "opens_at": "2026-01-01T09:00:00+00:00",
    "closes_at": "2026-12-01T23:59:00+00:00",
    "form": {"pages": [{"title": "One", "questions": QUESTIONS}, {"title": "Two", "questions": [LATER]}]},
}
URL = "/api/v1/consultations/bins"


@pytest.fixture
async def opened(instance: Instance) -> Instance:
    api = await instance.api()
    assert (await api.post("/api/v1/consultations", json=BODY)).status_code == 201
    assert (await api.post(f"{URL}/publish", json={"override_reason": "A test."})).status_code == 200
    return instance


async def send(client: Client, answers: Any, **headers: str) -> Any:
    return await client.post(f"{URL}/submissions", json={"answers": answers}, headers=headers)


async def test_an_answer_gets_a_reference_and_names_what_was_hidden(opened: Instance) -> None:
    response = await send(opened.client(), {"agree": "yes", "why": "never asked"})
    assert response.status_code == 201
    assert response.json()["reference"].startswith("OCCS-")
    assert response.json()["ignored"] == ["why"]


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"agree": "maybe"}, "answers.agree"),
        ({"agree": ["yes"]}, "answers.agree"),
        ({"agree": "yes", "colour": "red"}, "answers.colour"),
        ({"agree": "yes", "parts": ["yes", "blue"]}, "answers.parts"),
        ({"agree": "yes", "name": "x" * 201}, "answers.name"),
        ({}, "answers.agree"),
        ({"agree": 1}, "answers.agree"),
        ([], "answers"),
        ("yes", "answers"),
        (None, "answers"),
    ],
)
async def test_a_wrong_answer_is_refused_with_where_it_stands(opened: Instance, answers: Any, where: str) -> None:
    response = await send(opened.client(), answers)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["where"] for error in response.json()["errors"]] == [where]
    api = await opened.api()
    assert (await api.get(f"{URL}/results")).json()["total"] == 0


async def test_a_body_without_answers_is_refused(opened: Instance) -> None:
    for body, status in (({}, 422), ({"answers": {"agree": "yes"}, "extra": 1}, 422)):
        assert (await opened.client().post(f"{URL}/submissions", json=body)).status_code == status
    broken = await opened.client().post(f"{URL}/submissions", content=b'{"answers": {', headers={})
    assert (broken.status_code, broken.json()["title"]) == (400, "We could not read what you sent")


async def test_sixty_at_once_with_one_key_are_one_submission(opened: Instance) -> None:
    client = opened.client()
    calls = (send(client, {"agree": "yes"}, **{"idempotency-key": "one"}) for _ in range(60))
    responses = await asyncio.gather(*calls)
    assert {response.status_code for response in responses} == {201}
    assert len({response.json()["reference"] for response in responses}) == 1
    api = await opened.api()
    assert (await api.get(f"{URL}/results")).json()["total"] == 1


async def test_sixty_people_at_once_are_sixty_submissions(opened: Instance) -> None:
    client = opened.client()
    responses = await asyncio.gather(*(send(client, {"agree": "no", "why": "x"}) for _ in range(60)))
    assert len({response.json()["reference"] for response in responses}) == 60


async def test_one_refused_neighbour_fails_nobody_else(opened: Instance) -> None:
    client = opened.client()
    first = await send(client, {"agree": "yes"}, **{"idempotency-key": "again"})
    calls = [send(client, {"agree": "yes"}, **{"idempotency-key": "again"})]
    calls += [send(client, {"agree": "no"}) for _ in range(20)]
    responses = await asyncio.gather(*calls)
    assert responses[0].json()["reference"] == first.json()["reference"]
    assert {response.status_code for response in responses} == {201}


async def test_a_closed_consultation_takes_no_answers(opened: Instance) -> None:
    opened.clock.move(days=40)
    response = await send(opened.client(), {"agree": "yes"})
    assert (response.status_code, response.json()["detail"]) == (
        409,
        "This consultation has closed: it takes no more answers.",
    )


async def test_the_author_alone_cannot_publish_without_a_reason(instance: Instance) -> None:
    author, second = await instance.api(), await instance.api()
    await author.post("/api/v1/consultations", json=BODY)
    refused = await author.post(f"{URL}/publish")
    assert refused.status_code == 409
    assert "second person" in refused.json()["detail"]
    assert (await second.post(f"{URL}/publish", json={})).status_code == 200
    again = await second.post(f"{URL}/publish", json={})
    assert again.status_code == 409


async def test_a_draft_is_there_for_staff_only(instance: Instance) -> None:
    api = await instance.api()
    await api.post("/api/v1/consultations", json=BODY)
    anyone = instance.client()
    missing = await anyone.get("/api/v1/consultations/nothing")
    draft = await anyone.get(URL)
    assert draft.status_code == missing.status_code == 404
    assert draft.json()["detail"] == missing.json()["detail"]
    assert (await api.get(URL)).json()["state"] == "draft"
    assert (await anyone.get("/api/v1/consultations")).json() == {"items": [], "next": None}
    assert (await send(anyone, {"agree": "yes"})).status_code == 404


async def test_one_that_opens_later_is_scheduled_and_then_opens_by_itself(instance: Instance) -> None:
    api = await instance.api()
    await api.post("/api/v1/consultations", json=BODY | {"opens_at": "2026-11-10T09:00:00+00:00"})
    scheduled = await api.post(f"{URL}/publish", json={"override_reason": "A test."})
    assert (scheduled.status_code, scheduled.json()["state"]) == (202, "scheduled")
    anyone = instance.client()
    assert (await anyone.get("/consultations/bins")).status_code == 404
    assert "Bins" not in (await anyone.get("/consultations")).text
    instance.clock.move(days=9)
    assert (await anyone.get("/consultations/bins")).status_code == 200


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"slug": "Not a slug"}, "slug"),
        ({"title": " "}, "title"),
        ({"closes_at": "2025-12-01T23:59:00+00:00"}, "closes_at"),
        ({"closes_at": "2026-12-01T23:59:00"}, "closes_at"),
        ({"minutes": 0}, "minutes"),
        ({"form": []}, "form"),
        ({"form": {"pages": []}}, "form/pages"),
        ({"form": {"pages": [{"title": "x", "questions": [{"key": "a", "type": "dance", "label": "A"}]}]}}, None),
    ],
)
async def test_a_wrong_consultation_is_refused(instance: Instance, change: dict[str, Any], where: str | None) -> None:
    api = await instance.api()
    response = await api.post("/api/v1/consultations", json=BODY | change)
    assert response.status_code == 422, response.text
    if where is not None:
        assert [error["where"] for error in response.json()["errors"]] == [where]
    assert (await api.get("/api/v1/consultations")).json()["items"] == []


async def test_who_may_call_comes_before_what_was_sent(opened: Instance) -> None:
    anyone = opened.client()
    assert (await anyone.post("/api/v1/consultations", content=b"{")).status_code == 401
    weak = await opened.api(("consultation.read",))
    assert (await weak.post("/api/v1/consultations", content=b"{")).status_code == 403
    foreign = await opened.api(("*",), opened.other_site)
    token = foreign.headers["authorization"]
    response = await anyone.get(f"{URL}/submissions", headers={"authorization": token})
    assert response.status_code == 401


async def test_cells_that_look_like_formulas_are_made_harmless_in_csv(opened: Instance) -> None:
    await send(opened.client(), {"agree": "no", "name": "=1+1", "why": "+44 is a prefix", "parts": ["yes"]})
    staff = await opened.staff_client("analyst")
    text = (await staff.get("/admin/consultation/bins/submissions/export")).text
    assert text.splitlines()[0].endswith(
        "reference,received_at,channel,language,agree,parts.yes,parts.no,name,why,confidentiality_reasons"
    )
    assert "'=1+1" in text
    assert "'+44 is a prefix" in text
