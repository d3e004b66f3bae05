"""Feedback from programs."""

import asyncio
from typing import Any

import pytest

from folkmoot.testing import Client, Instance
from folkmoot_feedback import service
from folkmoot_feedback.service import Filters

FOLKMOOT_PLUGINS = ("feedback",)
PATH = "/api/v1/feedback/page"


async def count(instance: Instance) -> int:
    async with instance.desk().reading() as session:
        return len(await service.list_reports(session, Filters()))


async def test_feedback_is_created_without_a_token(instance: Instance, client: Client) -> None:
    body = {"path": "/search", "useful": False, "what_doing": "Searching", "what_wrong": "No hits"}
    response = await client.post(PATH, json=body)
    assert response.status_code == 201
    assert set(response.json()) == {"id", "received_at"}
    assert await count(instance) == 1


async def test_the_same_key_gives_the_same_answer(instance: Instance, client: Client) -> None:
    headers = {"idempotency-key": "k1"}
    body = {"path": "/search", "useful": True}
    answers = await asyncio.gather(*(client.post(PATH, json=body, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    other = await client.post(PATH, json=body, headers={"idempotency-key": "k2"})
    assert other.json()["id"] != answers[0].json()["id"]
    assert await count(instance) == 2


async def test_a_key_is_of_one_site(instance: Instance, client: Client) -> None:
    headers, body = {"idempotency-key": "k1"}, {"path": "/search", "useful": True}
    ours = await client.post(PATH, json=body, headers=headers)
    theirs = await instance.client(instance.other_site).post(PATH, json=body, headers=headers)
    assert theirs.status_code == 201
    assert theirs.json()["id"] != ours.json()["id"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"useful": True}, "path"),
        ({"path": "/a"}, "useful"),
        ({"path": "/a", "useful": "yes"}, "useful"),
        ({"path": "a", "useful": True}, "path"),
        ({"path": "https://elsewhere.example/", "useful": True}, "path"),
        ({"path": "/a", "useful": True, "score": 5}, "score"),
        ({"path": "/a", "useful": True, "what_wrong": "a" * 1_201}, "what_wrong"),
        ({"path": "/a", "useful": True, "what_doing": 7}, "what_doing"),
    ],
)
async def test_a_body_that_breaks_a_rule_is_told_where(
    instance: Instance, client: Client, body: dict[str, Any], where: str
) -> None:
    response = await client.post(PATH, json=body)
    assert response.status_code == 422
    assert [error["where"] for error in response.json()["errors"]] == [where]
    assert await count(instance) == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"a"', b"\xff\xfe"])
async def test_what_is_no_object_is_refused(client: Client, content: bytes) -> None:
    response = await client.post(PATH, content=content, headers={"content-type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.headers["content-type"].startswith("application/problem+json")


async def test_a_key_that_is_too_long_is_refused(client: Client) -> None:
    response = await client.post(PATH, json={"path": "/a", "useful": True}, headers={"idempotency-key": "k" * 201})
    assert response.status_code == 422


async def test_switched_off_the_call_is_gone(instance: Instance, client: Client) -> None:
    from folkmoot.sites import service as sites

    async with instance.platform.database.system_writing() as session:
        site = await sites.find_site(session, instance.site.slug)
        await sites.switch_plugin(session, site, "feedback", on=False, at=instance.clock.now())
    await instance.platform.load_directory()
    for method in ("GET", "POST"):
        assert (await client.request(method, PATH)).status_code == 404
        assert (await client.request(method, "/feedback")).status_code == 404
    assert (await client.page("/privacy")).all("section", "fm-page-feedback") == []
