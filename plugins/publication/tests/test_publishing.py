"""The rule of the second person, in the browser and by API."""

import pytest
from sqlmodel import col, select

from folkmoot.audit.models import AuditEntry
from folkmoot.testing import Client, Instance, path_of

FOLKMOOT_PLUGINS = ("publication",)
CREATE = "/api/v1/publications"
PUBLISH = "/api/v1/publications/report/publish"


async def test_whoever_wrote_a_draft_may_not_publish_it_without_a_reason(api: Client, body: dict[str, str]) -> None:
    await api.post(CREATE, json=body)
    for sent in ({}, {"override_reason": ""}, {"override_reason": "  "}):
        refused = await api.post(PUBLISH, json=sent)
        assert refused.status_code == 409
        assert "second person" in refused.json()["detail"]
    assert (await api.get(CREATE)).json()["items"][0]["state"] == "draft"


async def test_a_second_person_publishes_without_a_reason(
    instance: Instance, api: Client, body: dict[str, str]
) -> None:
    await api.post(CREATE, json=body)
    second = await instance.api()
    answer = await second.post(PUBLISH)
    assert (answer.status_code, answer.json()["state"]) == (200, "published")
    assert answer.json()["published_at"] == "2026-11-02T09:00:00+00:00"


async def test_a_recorded_reason_overrides_and_is_shown_to_staff(
    published: Client, staff_client: Client, client: Client
) -> None:
    page = await staff_client.page("/admin/publication/report")
    assert "The reason given: A test." in page.one("main").text
    assert "A test." not in (await client.page("/publications/report")).one("main").text


async def test_what_is_published_cannot_be_published_again(published: Client) -> None:
    answer = await published.post(PUBLISH, json={"override_reason": "Again."})
    assert (answer.status_code, answer.json()["detail"]) == (409, "This publication is published already.")


async def test_in_the_browser_an_author_writes_and_a_publisher_publishes(
    instance: Instance, client: Client, body: dict[str, str]
) -> None:
    author, publisher = await instance.staff_client("author"), await instance.staff_client("publisher")
    created = await author.submit(await author.page("/admin/publication/new"), body)
    assert path_of(created) == "/admin/publication/report"
    mine = await author.page("/admin/publication/report")
    assert [form for form in mine.one("main").all("form") if form.get("action").endswith("/publish")] == []
    assert (await author.post("/admin/publication/report/publish")).status_code == 403
    tasks = await publisher.page("/admin")
    assert "Drafts waiting for a second person" in tasks.one("main").text
    sent = await publisher.submit(await publisher.page("/admin/publication/report"))
    assert path_of(sent) == "/admin/publication/report"
    assert (await client.page("/publications/report")).one("h1").text == "The report"
    assert "Drafts waiting" not in (await publisher.page("/admin")).one("main").text


async def test_in_the_browser_ones_own_draft_needs_a_reason_beside_the_button(
    instance: Instance, client: Client, body: dict[str, str]
) -> None:
    publisher = await instance.staff_client("publisher")
    await publisher.submit(await publisher.page("/admin/publication/new"), body)
    page = await publisher.page("/admin/publication/report")
    refused = await publisher.submit(page, {"override_reason": " "})
    assert refused.status_code == 422
    assert 'href="#override_reason"' in refused.text
    await client.page("/publications/report", status=404)
    await publisher.submit(page, {"override_reason": "Nobody else is here this week."})
    await client.page("/publications/report")


async def test_whoever_changes_a_draft_becomes_its_writer(instance: Instance, body: dict[str, str]) -> None:
    first, second = await instance.staff_client("publisher"), await instance.staff_client("publisher")
    await first.submit(await first.page("/admin/publication/new"), body)
    await second.submit(await second.page("/admin/publication/report/edit"), {"title": "Changed"})
    assert (await second.submit(await second.page("/admin/publication/report"))).status_code == 422
    assert (await first.submit(await first.page("/admin/publication/report"))).status_code == 303


@pytest.mark.parametrize("change", [{"markdown": "## Other\n\nText."}, {"title": "Other"}])
async def test_a_published_text_is_not_changed(
    published: Client, staff_client: Client, client: Client, change: dict[str, str]
) -> None:
    before = (await client.get("/publications/report")).text
    refused = await staff_client.submit(await staff_client.page("/admin/publication/report/edit"), change)
    assert refused.status_code == 409
    assert "is published" in refused.text
    assert (await client.get("/publications/report")).text == before


async def test_a_published_page_shows_at_once_though_its_absence_was_cached(
    instance: Instance, api: Client, client: Client, body: dict[str, str]
) -> None:
    assert (await client.get("/publications")).status_code == 200
    await api.post(CREATE, json=body)
    await api.post(PUBLISH, json={"override_reason": "A test."})
    assert "The report" in (await client.page("/publications")).one("main").text


async def test_what_was_done_is_in_the_audit_log_with_the_reason(instance: Instance, published: Client) -> None:
    async with instance.desk().reading() as session:
        entries = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence)))).all()
    assert [(entry.action, entry.note) for entry in entries] == [
        ("publication.created", ""),
        ("publication.recommendations_imported", "45 added, 0 changed, 0 unchanged"),
        ("publication.published", "A test."),
    ]
