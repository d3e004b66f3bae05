"""The question at the end of every page, and the form behind it, without JavaScript."""

from collections.abc import Sequence

import pytest

from folkmoot.testing import Client, Element, Instance, form_fields, path_of
from folkmoot_feedback import service
from folkmoot_feedback.models import PageFeedback, State
from folkmoot_feedback.service import Filters

FOLKMOOT_PLUGINS = ("feedback",)


async def saved(instance: Instance, state: str = "") -> Sequence[PageFeedback]:
    async with instance.desk().reading() as session:
        return await service.list_reports(session, Filters(state=state))


def question(page: Element) -> Element:
    return page.one("section", "fm-page-feedback").one("form")


@pytest.mark.parametrize("path", ["/", "/search", "/privacy", "/cy/contact"])
async def test_every_page_asks_whether_it_is_useful(client: Client, path: str) -> None:
    form = question(await client.page(path))
    assert [button.get("value") for button in form.all("button", name="useful")] == ["yes", "no", "problem"]
    assert dict(form_fields(form)) == {"path": path.removeprefix("/cy") or "/", "message": ""}


@pytest.mark.parametrize("path", ["/sign-in", "/feedback", "/feedback/thanks"])
async def test_a_page_with_a_form_of_its_own_does_not_ask(client: Client, path: str) -> None:
    assert (await client.page(path)).all("section", "fm-page-feedback") == []


async def test_the_question_is_the_same_for_everyone_so_the_page_can_be_kept(client: Client) -> None:
    first, second = [(await client.get("/privacy")) for _ in range(2)]
    assert first.headers["cache-control"].startswith("public")
    assert first.headers["etag"] == second.headers["etag"]


@pytest.mark.parametrize(("vote", "useful"), [("yes", True), ("no", False)])
async def test_a_vote_is_recorded_and_thanked_for(instance: Instance, client: Client, vote: str, useful: bool) -> None:
    page = await client.page("/cookies")
    response = await client.submit(page, {"useful": vote}, form=question(page))
    assert response.status_code == 303
    thanks = await client.page(path_of(response))
    assert thanks.one("h1").text == "Thank you for your feedback"
    assert "/cookies" in [link.get("href") for link in thanks.one("main").all("a")]
    [row] = await saved(instance)
    assert (row.path, row.useful, row.state) == ("/cookies", useful, State.COUNTED)


async def test_a_problem_is_told_on_a_page_of_its_own(instance: Instance, client: Client) -> None:
    page = await client.page("/contact")
    response = await client.submit(page, {"useful": "problem"}, form=question(page))
    assert path_of(response) == "/feedback?path=%2Fcontact"
    assert await saved(instance) == []
    form = await client.page(path_of(response))
    sent = await client.submit(form, {"what_doing": "Looking for a number", "what_wrong": "There is none."})
    assert sent.status_code == 303
    [row] = await saved(instance)
    assert (row.path, row.useful, row.what_doing, row.what_wrong) == (
        "/contact",
        None,
        "Looking for a number",
        "There is none.",
    )
    assert row.state == State.NEW


async def test_an_empty_report_is_told_what_to_do(instance: Instance, client: Client) -> None:
    form = await client.page("/feedback?path=/contact")
    response = await client.submit(form, {"what_doing": "  ", "what_wrong": ""})
    assert response.status_code == 422
    assert "Enter what you were doing or what went wrong" in response.text
    assert "<title>" in response.text
    assert await saved(instance) == []


async def test_a_text_over_the_limit_is_refused_with_everything_typed(instance: Instance, client: Client) -> None:
    from folkmoot.testing import read_html

    form = await client.page("/feedback?path=/contact")
    long, short = "é" * 1_201, "<b>“reading”</b>\nthe page"
    response = await client.submit(form, {"what_doing": short, "what_wrong": long})
    assert response.status_code == 422
    page = read_html(response.text)
    [link] = page.one("div", "govuk-error-summary").all("a")
    assert link.get("href") == "#what_wrong"
    assert "1,200 characters or fewer" in link.text
    assert page.one("title").text.startswith("Error: ")
    kept = dict(form_fields(page.one("main").one("form")))
    assert (kept["what_wrong"], kept["what_doing"], kept["path"]) == (long, short, "/contact")
    assert await saved(instance) == []


async def test_a_text_at_the_limit_is_taken_with_line_ends_counted_once(instance: Instance, client: Client) -> None:
    text = "a\r\n" * 600
    form = await client.page("/feedback?path=/contact")
    assert (await client.submit(form, {"what_wrong": text})).status_code == 303
    [row] = await saved(instance)
    assert row.what_wrong == ("a\n" * 600).strip()


@pytest.mark.parametrize("path", ["//elsewhere.example", "https://elsewhere.example", "/" + "a" * 400, "/a\r\nb", ""])
async def test_a_forged_page_is_refused_and_what_was_typed_kept(instance: Instance, client: Client, path: str) -> None:
    fields = {"path": path, "report": "1", "what_wrong": "Nothing works."}
    response = await client.post("/feedback", data=fields, headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 422
    assert "We do not know which page this is about" in response.text
    assert "Nothing works." in response.text
    assert await saved(instance) == []


async def test_the_way_back_never_leads_to_another_site(client: Client) -> None:
    for path in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        page = await client.page(f"/feedback/thanks?path={path}")
        assert not any("elsewhere" in link.get("href") for link in page.all("a"))


async def test_neither_yes_nor_no_is_refused(instance: Instance, client: Client) -> None:
    response = await client.post("/feedback", data={"path": "/", "useful": "perhaps"})
    assert response.status_code == 422
    assert await saved(instance) == []


async def test_the_same_post_within_seconds_counts_once(instance: Instance, client: Client) -> None:
    page = await client.page("/cookies")
    for _ in range(3):
        assert (await client.submit(page, {"useful": "yes"}, form=question(page))).status_code == 303
    assert len(await saved(instance)) == 1
    await client.submit(page, {"useful": "no"}, form=question(page))
    assert len(await saved(instance)) == 2
    instance.clock.move(seconds=11)
    await client.submit(page, {"useful": "yes"}, form=question(page))
    assert len(await saved(instance)) == 3


async def test_what_fills_in_the_hidden_field_is_kept_out_of_the_way(instance: Instance, client: Client) -> None:
    fields = {"path": "/", "report": "1", "what_wrong": "Buy this", "message": "https://spam.example"}
    response = await client.post("/feedback", data=fields)
    assert response.status_code == 303
    assert await saved(instance) == []
    [row] = await saved(instance, State.SPAM)
    assert row.what_wrong == "Buy this"


async def test_text_that_may_name_a_person_is_held(instance: Instance, client: Client) -> None:
    form = await client.page("/feedback?path=/contact")
    await client.submit(form, {"what_wrong": "Ring me on 07700 900123"})
    [row] = await saved(instance)
    assert (row.state, row.signals, row.withheld) == (State.HELD, ["phone number"], True)


async def test_a_post_from_another_site_is_not_carried_out(instance: Instance, client: Client) -> None:
    fields = {"path": "/", "useful": "yes"}
    response = await client.post("/feedback", data=fields, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert await saved(instance) == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202eabc", "😀" * 300, "'; drop table x; --", "\x00a"])
async def test_hostile_text_is_only_text(instance: Instance, client: Client, text: str) -> None:
    form = await client.page("/feedback?path=/contact")
    assert (await client.submit(form, {"what_wrong": text})).status_code == 303
    staff = await instance.staff_client()
    page = await staff.get("/admin/feedback")
    assert "<script>alert" not in page.text
    [row] = await saved(instance)
    assert row.what_wrong == text.replace("\x00", "")


async def test_the_form_speaks_welsh(client: Client) -> None:
    page = await client.page("/cy/feedback")
    assert page.one("h1").text == "Rhoi gwybod am broblem gyda thudalen"
    assert page.one("main").one("form").get("action") == "/cy/feedback"
