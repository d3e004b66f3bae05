"""What the policy team does in the browser."""

import csv
import io

import pytest

from folkmoot.testing import Client, Instance, path_of, read_html

FOLKMOOT_PLUGINS = ("consultation",)
NEW = {
    "title": "Street lighting",
    "slug": "street-lighting",
    "summary": "How bright should it be?",
    "opens_day": "1",
    "opens_month": "11",
    "opens_year": "2026",
    "opens_time": "9am",
    "closes_day": "27",
    "closes_month": "3",
    "closes_year": "2027",
    "closes_time": "11:59pm",
}
ADMIN = "/admin/consultation/street-lighting"


async def make(client: Client, **changes: str) -> str:
    response = await client.submit(await client.page("/admin/consultation/new"), NEW | changes)
    assert response.status_code == 303, response.text[:2000]
    return path_of(response)


async def add(client: Client, **values: str) -> int:
    page = await client.page(f"{ADMIN}/questions")
    form = next(f for f in page.all("form") if f.get("action").endswith("/questions"))
    return (await client.submit(page, {"type": "text", **values}, form=form)).status_code


async def test_an_author_makes_it_and_a_second_person_publishes_it(instance: Instance) -> None:
    author, publisher = await instance.staff_client("author"), await instance.staff_client("publisher")
    assert await make(author) == f"{ADMIN}/questions"
    assert await add(author, label="Where do you live?", required="yes") == 303
    assert await add(author, label="How bright?", type="single", options="Brighter\nDarker") == 303
    assert await add(author, label="Why darker?", type="long_text", show_if="how_bright == 'darker'") == 303
    shown = await publisher.page(ADMIN)
    assert "You are the second person" in shown.text
    assert path_of(await publisher.submit(shown)) == ADMIN
    anyone = instance.client()
    page = await anyone.page("/consultations/street-lighting")
    assert "11:59pm on 27 March 2027 (UK time)" in page.text
    question = await anyone.page("/consultations/street-lighting/respond/1")
    assert question.one("h1").text == "Where do you live?"


async def test_publishing_alone_needs_a_reason_that_is_recorded(instance: Instance) -> None:
    staff = await instance.staff_client("publisher")
    await make(staff)
    assert await add(staff, label="Anything?") == 303
    page = await staff.page(ADMIN)
    refused = await staff.submit(page)
    assert refused.status_code == 409
    assert "A second person must publish" in refused.text
    assert (await staff.submit(page, {"override_reason": "My colleague is ill."})).status_code == 303
    assert "My colleague is ill." in (await staff.page(ADMIN)).text


async def test_without_questions_it_cannot_be_published(instance: Instance) -> None:
    author, publisher = await instance.staff_client("author"), await instance.staff_client("publisher")
    await make(author)
    refused = await publisher.submit(await publisher.page(ADMIN))
    assert "has no questions yet" in refused.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"slug": "Street Lighting"}, "slug"),
        ({"closes_day": "31", "closes_month": "2"}, "closes_day"),
        ({"closes_time": "25:00"}, "closes_time"),
        ({"closes_year": "2026", "closes_month": "10"}, "closes_day"),
        ({"minutes": "ten"}, "minutes"),
        # The clocks go forward at 1am on 28 March 2027: 1:30am does not exist.
        ({"closes_day": "28", "closes_time": "1:30am"}, "closes_time"),
    ],
)
async def test_a_mistake_comes_back_with_everything_that_was_typed(
    instance: Instance, change: dict[str, str], field: str
) -> None:
    staff = await instance.staff_client("author")
    page = await staff.page("/admin/consultation/new")
    response = await staff.submit(page, {**NEW, "audience": "Everyone & <all>", **change})
    assert response.status_code == 422
    assert f'href="#{field}"' in response.text
    assert "Everyone &amp; &lt;all&gt;" in response.text
    assert (await staff.page("/admin/consultation")).text.count("Street lighting") == 0


async def test_a_question_that_makes_no_sense_is_refused_and_kept_on_the_page(instance: Instance) -> None:
    staff = await instance.staff_client("author")
    await make(staff)
    assert await add(staff, label="How bright?", type="single", options="") == 422
    assert await add(staff, label="Why?", show_if="nothing == 'here'") == 422
    assert await add(staff, label="", key="x") == 422
    assert "There are no questions yet." in (await staff.page(f"{ADMIN}/questions")).text


async def test_a_question_can_be_taken_away_unless_another_depends_on_it(instance: Instance) -> None:
    staff = await instance.staff_client("author")
    await make(staff)
    await add(staff, label="How bright?", type="single", options="Brighter\nDarker")
    await add(staff, label="Why?", show_if="how_bright == 'darker'")
    page = await staff.page(f"{ADMIN}/questions")
    removals = [f for f in page.all("form") if f.get("action").endswith("/remove")]
    assert (await staff.submit(page, form=removals[0])).status_code == 422
    assert (await staff.submit(page, form=removals[1])).status_code == 303
    assert (await staff.submit(page, form=removals[0])).status_code == 303


async def test_the_export_has_a_row_for_each_submission(instance: Instance) -> None:
    staff = await instance.staff_client("publisher")
    await make(staff)
    await add(staff, label="Where?", key="where")
    await staff.submit(await staff.page(ADMIN), {"override_reason": "A test."})
    anyone = instance.client()
    for place in ("Here", 'There, "perhaps"', "Llanfair\npwll"):
        sent = await anyone.post(
            "/api/v1/consultations/street-lighting/submissions", json={"answers": {"where": place}}
        )
        assert sent.status_code == 201
    response = await staff.get(f"{ADMIN}/submissions/export")
    assert response.headers["content-disposition"] == 'attachment; filename="street-lighting.csv"'
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert [row["where"] for row in rows] == ["Here", 'There, "perhaps"', "Llanfair pwll"]


async def test_a_viewer_reads_neither_drafts_nor_answers(instance: Instance) -> None:
    staff = await instance.staff_client("author")
    await make(staff)
    viewer = await instance.staff_client("viewer")
    for path in ("/admin/consultation", ADMIN, f"{ADMIN}/submissions", f"{ADMIN}/submissions/export"):
        assert (await viewer.get(path)).status_code == 403
    assert "Check and publish" not in (await viewer.page("/admin")).text
    assert "Check and publish" in (await staff.page("/admin")).text


@pytest.mark.only_on("sqlite")
async def test_a_draft_that_cannot_be_saved_at_this_moment_is_shown_to_be_sent_again(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = await instance.staff_client("author")
    page = await staff.page("/admin/consultation/new")
    monkeypatch.setattr("folkmoot.store.writer.WAITING", 0)
    refused = await staff.submit(page, NEW)
    assert refused.status_code == 503
    assert "How bright should it be?" in refused.text
    monkeypatch.undo()
    assert path_of(await staff.submit(read_html(refused.text))) == f"{ADMIN}/questions"
