"""What staff see: this site's feedback only, without what may name a person."""

import csv
import io

import pytest

from folkmoot.sites.directory import SiteFacts
from folkmoot.testing import Instance
from folkmoot_feedback import service
from folkmoot_feedback.models import State
from folkmoot_feedback.service import Filters, Report

FOLKMOOT_PLUGINS = ("feedback",)
OWN = {"sec-fetch-site": "same-origin"}


async def say(instance: Instance, report: Report, site: SiteFacts | None = None) -> str:
    desk = instance.desk(site)
    change = service.receive(desk.site.id, report, desk.now())
    await desk.submit(change)
    return change.object_id.hex


async def test_staff_see_what_was_said_on_their_own_site_only(instance: Instance) -> None:
    await say(instance, Report("/search", None, "", "Ours is broken"))
    theirs = await say(instance, Report("/search", None, "", "Theirs is broken"), instance.other_site)
    staff = await instance.staff_client()
    page = await staff.page("/admin/feedback")
    assert "Ours is broken" in page.text
    assert "Theirs is broken" not in page.text
    assert "Theirs is broken" not in (await staff.get("/admin/feedback.csv")).text
    assert "Theirs" not in (await staff.page("/admin/feedback/pages")).text
    token = page.all("input", name="form_token")[0].get("value")
    for missing in (theirs, "0" * 32, "nonsense"):
        response = await staff.post(f"/admin/feedback/{missing}/done", data={"form_token": token}, headers=OWN)
        assert response.status_code == 404
        assert "There is no such report." in response.text
    async with instance.desk(instance.other_site).reading() as session:
        [row] = await service.list_reports(session, Filters())
    assert row.state == State.NEW


async def test_counts_are_of_their_own_site(instance: Instance) -> None:
    await say(instance, Report("/search", True))
    await say(instance, Report("/search", True), instance.other_site)
    async with instance.desk().reading() as session:
        [count] = await service.count_pages(session, instance.clock.now())
    assert count.by_days == {7: (1, 0, 0), 30: (1, 0, 0), 90: (1, 0, 0)}


async def test_what_waits_is_counted_on_their_own_site(instance: Instance) -> None:
    for site in (instance.site, instance.other_site, instance.other_site):
        await say(instance, Report("/search", None, "", "Broken"), site)
    async with instance.desk().reading() as session:
        assert await service.count_waiting(session) == 1


async def test_counts_tell_7_30_and_90_days_apart(instance: Instance) -> None:
    for useful in (True, False):
        await say(instance, Report("/search", useful))
    instance.clock.move(days=10)
    await say(instance, Report("/search", None, "", "Broken"))
    instance.clock.move(days=25)
    await say(instance, Report("/search", True))
    await say(instance, Report("/search", True, trapped=True))
    async with instance.desk().reading() as session:
        [count] = await service.count_pages(session, instance.clock.now())
    assert count.by_days == {7: (1, 0, 0), 30: (1, 0, 1), 90: (2, 1, 1)}


async def test_a_held_report_shows_only_that_it_is_held(instance: Instance) -> None:
    await say(instance, Report("/search", None, "I am Jo", "Write to jo@example.org"))
    staff = await instance.staff_client()
    page = await staff.page("/admin/feedback")
    assert "Held back: it may name a person." in page.text
    await staff.submit(page)
    done = await staff.page("/admin/feedback?state=done")
    assert len(done.one("tbody").all("tr")) == 1
    for text in (page.text, done.text, (await staff.get("/admin/feedback.csv")).text):
        assert "jo@example.org" not in text
        assert "I am Jo" not in text


async def test_a_report_is_marked_as_done_and_the_log_says_who(instance: Instance) -> None:
    await say(instance, Report("/search", None, "", "Broken"))
    staff = await instance.staff_client("moderator")
    assert "Look at reports about pages" in (await staff.page("/admin")).text
    page = await staff.page("/admin/feedback?state=new")
    response = await staff.submit(page)
    assert response.headers["location"] == "/admin/feedback?state=new"
    assert "Nobody has said anything" in (await staff.page("/admin/feedback?state=new")).text
    assert "Look at reports" not in (await staff.page("/admin")).text
    from sqlmodel import select

    from folkmoot.audit.models import AuditEntry

    async with instance.desk().reading() as session:
        [entry] = (await session.exec(select(AuditEntry).where(AuditEntry.action == "feedback.done"))).all()
    assert entry.actor.startswith("user:")


async def test_what_is_done_is_not_done_twice(instance: Instance) -> None:
    row_id = await say(instance, Report("/search", True))
    staff = await instance.staff_client()
    token = (await staff.page("/admin")).all("input", name="form_token")[0].get("value")
    response = await staff.post(f"/admin/feedback/{row_id}/done", data={"form_token": token}, headers=OWN)
    assert response.status_code == 409
    assert "is not waiting" in response.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"yes", "no", "problem"}),
        ("useful=yes", {"yes"}),
        ("useful=no", {"no"}),
        ("useful=problem", {"problem"}),
        ("path=/search", {"no", "problem"}),
        ("path=/sear_h", set()),
        ("state=new", {"no", "problem"}),
        ("state=spam", {"spam"}),
        ("state=nonsense", {"yes", "no", "problem"}),
        ("before=nonsense", {"yes", "no", "problem"}),
    ],
)
async def test_the_list_is_filtered(instance: Instance, query: str, shown: set[str]) -> None:
    await say(instance, Report("/", True))
    await say(instance, Report("/search", False, "", "said no"))
    await say(instance, Report("/search/deep", None, "", "said problem"))
    await say(instance, Report("/search", None, "", "said spam", trapped=True))
    staff = await instance.staff_client("analyst")
    page = await staff.page(f"/admin/feedback?{query}")
    rows = [row.text for table in page.all("tbody") for row in table.all("tr")]
    found = {kind for kind in ("no", "problem", "spam") if any(f"said {kind}" in row for row in rows)}
    if any("/ " in row and "Useful" in row for row in rows):
        found.add("yes")
    assert found == shown
    assert len(rows) == len(shown)


async def test_the_list_goes_on_where_it_stopped(instance: Instance) -> None:
    for number in range(120):
        await say(instance, Report(f"/page-{number:03}", True))
        instance.clock.move(seconds=number % 2)
    staff = await instance.staff_client()
    seen: list[str] = []
    path = "/admin/feedback"
    while path:
        page = await staff.page(path)
        seen += [row.all("a")[0].text for row in page.one("tbody").all("tr")]
        path = next((link.get("href") for link in page.all("a", rel="next")), "")
    assert len(seen) == len(set(seen)) == 120
    assert seen[0] == "/page-119"


async def test_the_file_is_safe_in_a_spreadsheet(instance: Instance) -> None:
    await say(instance, Report("/search", False, "-1+2", '=HYPERLINK("https://elsewhere.example")'))
    staff = await instance.staff_client()
    response = await staff.get("/admin/feedback.csv")
    assert response.headers["content-disposition"] == 'attachment; filename="feedback.csv"'
    [row] = csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff")))
    assert (row["what_doing"], row["useful"]) == ("'-1+2", "no")
    assert row["what_wrong"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("path", ["/admin/feedback", "/admin/feedback.csv", "/admin/feedback/pages"])
async def test_only_staff_with_the_permission_come_in(instance: Instance, path: str) -> None:
    assert (await instance.client().get(path)).status_code == 303
    assert (await (await instance.staff_client("viewer")).get(path)).status_code == 403
    assert (await (await instance.staff_client(site=instance.other_site)).get(path)).status_code == 200


async def test_an_analyst_reads_and_does_not_act(instance: Instance) -> None:
    row_id = await say(instance, Report("/search", None, "", "Broken"))
    staff = await instance.staff_client("analyst")
    page = await staff.page("/admin/feedback")
    assert page.all("button", "govuk-!-margin-top-2") == []
    response = await staff.post(f"/admin/feedback/{row_id}/done", headers=OWN)
    assert response.status_code == 403
    assert "Your role does not allow this" in response.text
