"""Two people of the staff at the same thing at once: the second is told, and what both did is there."""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import TYPED
from folkmoot.audit.chain import first_broken
from folkmoot.audit.models import AuditEntry
from folkmoot.testing import Client, Instance, read_html
from folkmoot.testing.html import Element
from folkmoot_consultation import service

FOLKMOOT_PLUGINS = ("consultation", "publication")
ADMIN = f"/admin/consultation/{TYPED['slug']}"
REPORT = {"slug": "report", "title": "A report", "markdown": "# One\n\nA paragraph.\n"}


def adding(page: Element) -> Element:
    return next(form for form in page.all("form") if form.get("action").endswith("/questions"))


async def add(client: Client, label: str) -> int:
    page = await client.page(f"{ADMIN}/questions")
    return (await client.submit(page, {"type": "text", "label": label}, form=adding(page))).status_code


async def drafted(instance: Instance, *labels: str) -> tuple[Client, Client]:
    """Return two authors, one of whom has made a consultation."""
    one, other = await instance.staff_client("publisher"), await instance.staff_client("publisher")
    made = await one.submit(await one.page("/admin/consultation/new"), TYPED)
    assert made.status_code == 303
    for label in labels:
        assert await add(one, label) == 303
    return one, other


async def questions(instance: Instance) -> list[str]:
    api = await instance.api()
    pages = (await api.get(f"/api/v1/consultations/{TYPED['slug']}")).json()["form"]["pages"]
    return [question["key"] for page in pages for question in page["questions"]]


async def log(instance: Instance) -> Counter[str]:
    """Return how often each thing was done, once the log has proved sound."""
    async with instance.desk().reading() as session:
        assert await first_broken(session) is None
        return Counter(entry.action for entry in (await session.exec(select(AuditEntry))).all())


async def test_questions_that_two_add_at_once_are_all_there(instance: Instance) -> None:
    one, other = await drafted(instance)
    labels = {client: [f"{name} {number}" for number in range(6)] for client, name in ((one, "One"), (other, "Other"))}
    statuses = await asyncio.gather(*(add(client, label) for client, said in labels.items() for label in said))
    assert set(statuses) == {303}
    assert sorted(await questions(instance)) == sorted(
        label.lower().replace(" ", "_") for said in labels.values() for label in said
    )
    assert (await log(instance))["consultation.questions_changed"] == 12


async def test_editors_who_do_not_wait_for_one_another_are_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin that changes what it looked up before the other's change."""
    one, other = await drafted(instance)
    looked = asyncio.Event()
    change = service.change_form
    versions: list[Any] = []

    async def stale(session: Any, consultation: Any, definition: Any, **by: Any) -> None:
        versions.append(definition)
        await change(session, consultation, versions[0] if looked.is_set() else definition, **by)
        looked.set()

    monkeypatch.setattr(service, "change_form", stale)
    assert await asyncio.gather(add(one, "One"), add(other, "Other")) == [303, 303]
    assert len(await questions(instance)) == 1


async def test_the_same_question_added_by_two_is_there_once_and_the_second_is_told(instance: Instance) -> None:
    one, other = await drafted(instance)
    assert sorted(await asyncio.gather(add(one, "Why?"), add(other, "Why?"))) == [303, 422]
    assert await questions(instance) == ["why"]


async def test_one_address_for_two_consultations_is_refused_to_the_second(instance: Instance) -> None:
    clients = [await instance.staff_client("author") for _ in range(4)]
    pages = [await client.page("/admin/consultation/new") for client in clients]
    tries = [client.submit(page, TYPED) for client, page in zip(clients, pages, strict=True)]
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    told = [answer.text for answer in answers if answer.status_code == 422]
    assert all("Choose another address" in text and TYPED["summary"] in text for text in told)


async def test_what_two_publish_at_once_is_published_once(instance: Instance) -> None:
    _, other = await drafted(instance, "Why?")
    third = await instance.staff_client("publisher")
    pages = [await client.page(ADMIN) for client in (other, third)]
    tries = [client.submit(page) for client, page in zip((other, third), pages, strict=True)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*tries))
    assert statuses[0] == 303
    assert statuses[1] >= 400
    assert (await log(instance))["consultation.published"] == 1


async def test_a_question_added_while_another_publishes_is_kept_or_refused_with_a_sentence(instance: Instance) -> None:
    one, other = await drafted(instance, "Why?")
    adding_page, publishing_page = await one.page(f"{ADMIN}/questions"), await other.page(ADMIN)
    added, published = await asyncio.gather(
        one.submit(adding_page, {"type": "text", "label": "Late"}, form=adding(adding_page)),
        other.submit(publishing_page),
    )
    assert published.status_code == 303
    assert (added.status_code == 303) == ("late" in await questions(instance))
    if added.status_code != 303:
        assert "questions cannot change now" in added.text


async def test_one_address_for_two_publications_is_refused_to_the_second(instance: Instance) -> None:
    clients = [await instance.api() for _ in range(4)]
    answers = await asyncio.gather(*(client.post("/api/v1/publications", json=REPORT) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


async def test_a_publication_that_two_publish_at_once_is_published_once(instance: Instance) -> None:
    author, one, other = await instance.api(), await instance.api(), await instance.api()
    assert (await author.post("/api/v1/publications", json=REPORT)).status_code == 201
    tries = [client.post("/api/v1/publications/report/publish", json={}) for client in (one, other)]
    answers = await asyncio.gather(*tries)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await log(instance))["publication.published"] == 1


async def rewritten(client: Client, page: Element, text: str) -> Any:
    return await client.submit(page, {"markdown": f"# One\n\n{text}\n"})


async def test_the_second_of_two_who_rewrite_a_draft_is_told_and_keeps_what_they_typed(instance: Instance) -> None:
    one, other = await instance.staff_client("author"), await instance.staff_client("author")
    api, edit = await instance.api(), "/admin/publication/report/edit"
    assert (await api.post("/api/v1/publications", json=REPORT)).status_code == 201
    pages = await one.page(edit), await other.page(edit)
    assert (await rewritten(one, pages[0], "By the first.")).status_code == 303
    told = await rewritten(other, pages[1], "By the second.")
    assert told.status_code == 409
    assert "Somebody else has changed this draft" in told.text
    assert "By the second." in told.text
    # Nothing is lost: the draft is the first one's, until the second has been told and saves again.
    assert "By the first." in (await one.page(edit)).text
    assert (await other.submit(read_html(told.text))).status_code == 303
    assert "By the second." in (await one.page(edit)).text
    # The twin whose form does not say what was seen loses the second's text without a word.
    assert (await one.submit(pages[0], {"seen": "", "markdown": "# One\n\nBy the first again.\n"})).status_code == 303


async def test_of_two_who_rewrite_a_draft_at_the_same_moment_one_is_told(instance: Instance) -> None:
    clients = [await instance.staff_client("author") for _ in range(4)]
    api, edit = await instance.api(), "/admin/publication/report/edit"
    assert (await api.post("/api/v1/publications", json=REPORT)).status_code == 201
    pages = [await client.page(edit) for client in clients]
    tries = [rewritten(c, p, f"By {n}.") for n, (c, p) in enumerate(zip(clients, pages, strict=True))]
    assert sorted(answer.status_code for answer in await asyncio.gather(*tries)) == [303, 409, 409, 409]
    assert (await log(instance))["publication.rewritten"] == 1
