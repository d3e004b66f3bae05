"""What people and staff do on the pages: complain, find, copy, note a request, erase. No address is in any address."""

import io
import zipfile
from typing import Any

import pytest
from planting import EMAIL, WORDS, Planted
from sqlmodel import select

from folkmoot.audit.models import AuditEntry
from folkmoot.privacy.models import Complaint, SubjectRequest
from folkmoot.testing import Client, Instance, path_of, read_html

FOLKMOOT_PLUGINS = ("consultation", "publication", "dashboard", "feedback")
TYPED = {"name": "Ann", "contact": "ann@example.org", "what_happened": "My answer was\n\nshown."}


async def follow(client: Client, response: Any) -> Any:
    assert response.status_code == 303, response.text[:500]
    return await client.page(path_of(response))


async def actions(instance: Instance) -> list[str]:
    async with instance.desk().reading() as session:
        return list((await session.exec(select(AuditEntry.action).order_by(AuditEntry.sequence))).all())  # type: ignore[arg-type]


async def test_a_complaint_gets_a_reference_and_a_date(instance: Instance, client: Client) -> None:
    page = await client.page("/complaint")
    done = await follow(client, await client.submit(page, TYPED))
    reference = done.one("div", "govuk-panel").one("strong").text
    assert reference.startswith("OCCS-")
    assert "1 December 2026" in done.one("main").text
    async with instance.desk().reading() as session:
        row = (await session.exec(select(Complaint))).one()
    assert (row.reference, row.name, row.contact) == (reference, "Ann", "ann@example.org")
    assert row.what_happened == "My answer was\n\nshown."
    assert "core.complaint_received" in await actions(instance)
    assert not client.cookies


async def test_a_complaint_without_the_necessary_comes_back_with_what_was_typed(client: Client) -> None:
    page = await client.page("/complaint")
    answer = await client.submit(page, {"name": "Ann <b>", "contact": " ", "what_happened": "x" * 5_001})
    assert answer.status_code == 422
    again = read_html(answer.text)
    assert [link.get("href") for link in again.one("div", "govuk-error-summary").all("a")] == [
        "#contact",
        "#what_happened",
    ]
    assert again.one("input", name="name").get("value") == "Ann <b>"
    assert len(again.one("textarea", name="what_happened").text) == 5_001
    assert again.one("title").text.startswith("Error: ")


async def test_the_same_complaint_twice_is_one(instance: Instance, client: Client) -> None:
    page = await client.page("/complaint")
    first, second = [path_of(await client.submit(page, TYPED)) for _ in range(2)]
    assert first == second
    async with instance.desk().reading() as session:
        assert len((await session.exec(select(Complaint))).all()) == 1


async def test_a_program_that_fills_in_every_field_is_told_so_and_saves_nothing(
    instance: Instance, client: Client
) -> None:
    page = await client.page("/complaint")
    answer = await client.submit(page, {**TYPED, "website": "http://spam.example"})
    assert answer.status_code == 422
    again = read_html(answer.text)
    assert again.one("input", name="website").get("tabindex") == ""
    assert again.one("input", name="contact").get("value") == TYPED["contact"]
    async with instance.desk().reading() as session:
        assert (await session.exec(select(Complaint))).all() == []


async def test_the_receipt_of_another_site_is_a_missing_one(instance: Instance, client: Client) -> None:
    path = path_of(await client.submit(await client.page("/complaint"), TYPED))
    neighbour = instance.client(instance.other_site)
    foreign = await neighbour.get(path)
    missing = await neighbour.get("/complaint/received/OCCS-0000-0000")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace(foreign.headers["x-request-id"], "") == missing.text.replace(
        missing.headers["x-request-id"], ""
    )


async def test_the_form_reads_in_welsh_and_is_led_to_from_the_privacy_notice(client: Client) -> None:
    page = await client.page("/cy/complaint")
    assert page.one("html").get("lang") == "cy"
    assert page.one("h1").text == "Cwyno am sut rydym yn defnyddio data personol"
    answer = await client.submit(page, {})
    assert "Rhowch" in answer.text
    done = await follow(client, await client.submit(page, TYPED))
    assert done.one("h1").text == "Cwyn wedi dod i law"
    links = [link.get("href") for link in (await client.page("/privacy")).one("main").all("a")]
    assert "/complaint" in links


async def test_staff_are_reminded_acknowledge_and_answer(instance: Instance, client: Client) -> None:
    await client.submit(await client.page("/complaint"), TYPED)
    staff = await instance.staff_client()
    tasks = (await staff.page("/admin")).one("ul", "fm-console__tasks").text
    assert "Acknowledge complaints about personal data" in tasks
    assert "1 December 2026" in tasks
    row = (await staff.page("/admin/complaints")).one("tbody").one("tr")
    assert "Not acknowledged" in row.text
    instance.clock.move(days=31)
    staff = await instance.staff_client()
    assert "Late" in (await staff.page("/admin/complaints")).one("tbody").text
    path = row.one("a").get("href")
    shown = await staff.page(path)
    assert "My answer was" in shown.text
    acknowledge, answer = shown.one("main").all("form")
    shown = await follow(staff, await staff.submit(shown, form=acknowledge))
    assert "Acknowledge complaints" not in (await staff.page("/admin")).one("main").text
    (answer,) = shown.one("main").all("form")
    shown = await follow(staff, await staff.submit(shown, form=answer))
    assert shown.one("main").all("form") == []
    again = await staff.submit(shown, form=answer)
    assert again.status_code == 422
    assert {"core.complaint_acknowledged", "core.complaint_answered"} <= set(await actions(instance))


@pytest.mark.parametrize("role", ["publisher", "author", "analyst", "moderator", "viewer", "member"])
async def test_only_administrators_look_into_personal_data(instance: Instance, role: str) -> None:
    staff = await instance.staff_client(role)
    for path in ("/admin/personal-data", "/admin/complaints", "/admin/retention"):
        assert (await staff.get(path)).status_code == 403


async def test_staff_find_a_person_take_a_copy_and_erase_them(planted: Planted) -> None:
    instance = planted.instance
    staff = await instance.staff_client()
    page = await staff.page("/admin/personal-data")
    assert (await staff.submit(page, {"subject": "nobody"})).status_code == 422
    found = read_html((await staff.submit(page, {"subject": EMAIL})).text)
    headings = [heading.text for heading in found.one("main").all("h2")]
    assert {"Answers that were sent", "Emails", "Feedback about pages", "Files"} <= set(headings)
    assert WORDS in found.text
    copy, erase = found.one("main").all("form")
    archive = await staff.submit(found, form=copy)
    assert archive.headers["content-disposition"] == 'attachment; filename="personal-data.zip"'
    assert archive.headers["cache-control"] == "no-store"
    assert len(zipfile.ZipFile(io.BytesIO(archive.content)).namelist()) == 2
    preview = read_html((await staff.submit(found, form=erase)).text)
    assert preview.one("table").one("tbody").all("tr")
    refused = await staff.submit(preview)
    assert refused.status_code == 422
    assert 'href="#confirmed"' in refused.text
    receipt = await follow(staff, await staff.submit(preview, {"confirmed": "yes"}))
    assert "Closed" in receipt.one("main").text
    assert len(receipt.one("table").one("tbody").all("tr")) >= 10
    none = read_html((await staff.submit(page, {"subject": EMAIL})).text)
    assert none.one("p", "fm-empty")
    assert {"core.personal_data_found", "core.personal_data_copied", "core.personal_data_erased"} <= set(
        await actions(instance)
    )


async def test_an_administrator_does_not_erase_their_own_account_here(instance: Instance) -> None:
    staff = await instance.staff_client()
    account = (await staff.page("/account")).one("dd", "govuk-summary-list__value").text
    page = await staff.page("/admin/personal-data")
    found = read_html((await staff.submit(page, {"subject": account})).text)
    preview = read_html((await staff.submit(found, form=found.one("main").all("form")[1])).text)
    refused = await staff.submit(preview, {"confirmed": "yes"})
    assert refused.status_code == 422
    assert "your own account" in refused.text
    assert (await staff.get("/admin")).status_code == 200


async def test_a_request_is_due_in_a_month_and_is_closed_by_what_was_asked_for(planted: Planted) -> None:
    instance = planted.instance
    staff = await instance.staff_client()
    page = await staff.page("/admin/personal-data/requests")
    wrong = read_html((await staff.submit(page, {"subject": "?", "day": "31", "month": "2"})).text)
    assert len(wrong.one("div", "govuk-error-summary").all("a")) == 3
    assert wrong.one("input", name="month").get("value") == "2"
    future = {"subject": EMAIL, "kind": "erasure", "day": "3", "month": "11", "year": "2026"}
    assert "cannot be in the future" in (await staff.submit(page, future)).text
    request = {"subject": EMAIL, "kind": "erasure", "day": "31", "month": "10", "year": "2026"}
    shown = await follow(staff, await staff.submit(page, request))
    assert "30 November 2026" in shown.one("main").text
    instance.clock.move(days=23)
    staff = await instance.staff_client()
    tasks = (await staff.page("/admin")).one("ul", "fm-console__tasks").text
    assert "Answer requests about personal data" in tasks
    assert "30 November 2026" in tasks
    listed = (await staff.page("/admin/personal-data")).one("table").text
    assert "30 November 2026, in 5 days" in listed
    preview = read_html((await staff.post("/admin/personal-data/erase", **await sent(staff, subject=EMAIL))).text)
    receipt = await follow(staff, await staff.submit(preview, {"confirmed": "yes"}))
    async with instance.desk().reading() as session:
        row = (await session.exec(select(SubjectRequest))).one()
    assert row.reference in receipt.one("h1").text
    assert row.closed_at is not None
    assert EMAIL not in row.model_dump_json()


async def sent(staff: Client, **values: str) -> dict[str, Any]:
    """Return the form of a signed-in person."""
    token = (await staff.page("/account")).all("input", name="form_token")[0].get("value")
    return {"data": {"form_token": token, **values}, "headers": {"sec-fetch-site": "same-origin"}}


async def test_a_request_of_another_kind_is_closed_by_hand_and_once(instance: Instance) -> None:
    staff = await instance.staff_client()
    page = await staff.page("/admin/personal-data/requests")
    shown = await follow(staff, await staff.submit(page, {"subject": EMAIL, "kind": "objection"}))
    form = shown.one("main").one("form")
    closed = await follow(staff, await staff.submit(shown, form=form))
    assert closed.one("main").all("form") == []
    again = await staff.submit(shown, form=form)
    assert again.status_code == 409
    assert "closed already" in again.text
    assert (await actions(instance))[-2:] == ["core.subject_request_opened", "core.subject_request_closed"]


async def test_no_address_is_in_the_log_of_requests(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    staff = await planted.instance.staff_client()
    page = await staff.page("/admin/personal-data")
    found = read_html((await staff.submit(page, {"subject": EMAIL})).text)
    await staff.submit(found, form=found.one("main").all("form")[1])
    output = capsys.readouterr()
    assert '"path": "/admin/personal-data"' in output.err
    assert EMAIL not in (output.out + output.err).lower()
