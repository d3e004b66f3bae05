"""Taking part, as a person without JavaScript does it."""

import asyncio
from typing import Any

import pytest

from folkmoot.api import Desk
from folkmoot.testing import Client, Instance, path_of
from folkmoot_consultation.demo import seed

FOLKMOOT_PLUGINS = ("consultation",)
START = "/consultations/visiting-in-care-homes"


@pytest.fixture
async def opened(instance: Instance) -> Instance:
    desk = instance.desk()
    await seed(Desk(desk.platform, desk.site))
    return instance


async def fill(client: Client, page: int, **values: Any) -> str:
    """Answer a page, and return where it leads."""
    return path_of(await client.submit(await client.page(f"{START}/respond/{page}"), values))


async def answer_all(client: Client) -> str:
    assert await fill(client, 1, role="carer") == f"{START}/respond/3"
    assert await fill(client, 3, agree="partly") == f"{START}/respond/4"
    assert await fill(client, 4, exceptions=["infection", "night"]) == f"{START}/respond/5"
    return await fill(client, 5, experience="A quiet room.\nAnd tea.")


async def test_the_overview_says_what_who_how_long_by_when_and_the_four_ways(opened: Instance) -> None:
    page = (await opened.client().page(START)).one("main").text
    assert "11:59pm on 14 December 2026 (UK time): 42 days left" in page
    assert "about 10 minutes" in page
    assert "Freedom of Information Act 2000" in page
    for way in ("Online", "By email", "By post", "By telephone"):
        assert way in page


async def test_answers_go_from_page_to_page_to_the_receipt(opened: Instance) -> None:
    client = opened.client()
    assert await answer_all(client) == f"{START}/check-answers"
    check = await client.page(f"{START}/check-answers")
    assert "There is an infection in the home" in check.text
    assert "What kind of service" not in check.text
    sent = await client.submit(check, {"confidential": "My employer could recognise me."})
    assert path_of(sent) == f"{START}/confirmation"
    receipt = await client.page(f"{START}/confirmation")
    reference = receipt.one("div", "govuk-panel__body").one("strong").text
    assert reference.startswith("OCCS-")
    assert "A quiet room." in receipt.text
    staff = await opened.staff_client("analyst")
    listed = await staff.page("/admin/consultation/visiting-in-care-homes/submissions")
    assert reference in listed.text


async def test_a_mistake_comes_back_with_what_was_typed(opened: Instance) -> None:
    client = opened.client()
    page = await client.page(f"{START}/respond/1")
    response = await client.submit(page)
    assert response.status_code == 422
    assert "Error: " in response.text
    assert 'href="#role"' in response.text
    await fill(client, 1, role="works_in_care")
    long = "x" * 201
    response = await client.submit(await client.page(f"{START}/respond/2"), {"setting": long})
    assert response.status_code == 422
    assert long in response.text


async def test_sixty_at_once_are_one_submission_with_one_receipt(opened: Instance) -> None:
    client = opened.client()
    await answer_all(client)
    check = await client.page(f"{START}/check-answers")
    responses = await asyncio.gather(*(client.submit(check) for _ in range(60)))
    assert {path_of(response) for response in responses} == {f"{START}/confirmation"}
    api = await opened.api()
    listed = (await api.get("/api/v1/consultations/visiting-in-care-homes/submissions")).json()
    assert len(listed["items"]) == 1
    # Back, and again: the same receipt.
    again = await client.submit(check)
    assert path_of(again) == f"{START}/confirmation"


async def test_closing_while_answering_loses_nothing(opened: Instance) -> None:
    client = opened.client()
    await fill(client, 1, role="carer")
    page = await client.page(f"{START}/respond/3")
    opened.clock.move(days=42, hours=15, minutes=5)
    assert path_of(await client.submit(page, {"agree": "yes"})) == f"{START}/respond/5"
    opened.clock.move(minutes=15)
    response = await client.submit(page, {"agree": "yes"})
    assert response.status_code == 410
    assert "I look after somebody" in response.text
    assert "It has not been sent" in response.text


async def test_an_answer_to_a_page_that_is_no_longer_asked_is_not_sent(opened: Instance) -> None:
    client = opened.client()
    await answer_all(client)
    assert await fill(client, 3, agree="yes") == f"{START}/respond/5"
    await client.submit(await client.page(f"{START}/check-answers"))
    api = await opened.api()
    sent = (await api.get("/api/v1/consultations/visiting-in-care-homes/submissions")).json()["items"]
    assert "exceptions" not in sent[0]["answers"]


async def test_a_neighbouring_site_knows_nothing_of_it(opened: Instance) -> None:
    other = opened.client(opened.other_site)
    missing = await other.get("/consultations/no-such-thing")
    foreign = await other.get(START)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text == missing.text


@pytest.mark.only_on("sqlite")
async def test_when_too_much_waits_to_be_saved_nothing_typed_is_lost(
    opened: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = opened.client()
    await fill(client, 1, role="works_in_care")
    page = await client.page(f"{START}/respond/2")
    monkeypatch.setattr("folkmoot.store.writer.WAITING", 0)
    refused = await client.submit(page, {"setting": "A home by the sea"})
    assert refused.status_code == 503
    assert "A home by the sea" in refused.text
    monkeypatch.undo()
    assert path_of(await client.submit(page, {"setting": "A home by the sea"})) == f"{START}/respond/3"
    await fill(client, 3, agree="yes")
    check = await client.page(f"{START}/check-answers")
    monkeypatch.setattr("folkmoot.store.writer.WAITING", 0)
    refused = await client.submit(check, {"confidential": "Because of my employer"})
    assert refused.status_code == 503
    assert "Because of my employer" in refused.text
    monkeypatch.undo()
    assert path_of(await client.submit(check)) == f"{START}/confirmation"
