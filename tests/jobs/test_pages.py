"""What staff see of background work: in plain words, without JavaScript, and of their own site alone."""

from typing import Any
from uuid import uuid4

import pytest

from folkmoot.audit.models import AuditEntry
from folkmoot.store.jobs import claims
from folkmoot.testing import path_of
from folkmoot.web.worker import LEASE, Worker


async def set_aside(tally: Any, **options: Any) -> Any:
    job_id = await tally.ask("tally.refuse", {"secret": "kept out of sight"}, **options)
    await tally.instance.work()
    return job_id


async def running(tally: Any, **said: Any) -> Any:
    job_id = await tally.ask("tally.report")
    claim = await Worker(tally.platform)._next(None)
    assert claim is not None
    async with tally.platform.database.system_writing(shared=True) as session:
        await claims.change(session, claim, run_at=tally.instance.clock.now() + LEASE, **said)
        await session.commit()
    return job_id


async def test_the_list_says_what_was_set_aside_what_runs_and_what_waits(tally: Any) -> None:
    await set_aside(tally)
    await running(tally, done=2, total=3, sentence="")
    await tally.ask("tally.count")
    staff = await tally.instance.staff_client("viewer")
    text = (await staff.page("/admin/jobs")).text
    for words in ("Set aside", "Break a rule", "send one that has", "2 of 3", "It starts in a moment", "Count once"):
        assert words in text, words
    assert "kept out of sight" not in text
    assert "tally.refuse" not in text


async def test_an_empty_list_says_so(tally: Any) -> None:
    staff = await tally.instance.staff_client("viewer")
    assert (await staff.page("/admin/jobs")).text.count("There is nothing.") == 4


async def test_the_page_of_a_job_comes_anew_until_it_has_ended_and_then_leads_to_the_result(tally: Any) -> None:
    job_id = await running(tally, done=2, total=3, sentence="Three things are counted")
    staff = await tally.instance.staff_client("viewer")
    answer = await staff.get(f"/admin/jobs/{job_id}")
    assert answer.headers["refresh"] == "5"
    page = await staff.page(f"/admin/jobs/{job_id}")
    bar = page.all("progress")[0]
    assert (bar.get("value"), bar.get("max")) == ("2", "3")
    assert "Three things are counted" in page.text
    still = await staff.get(f"/admin/jobs/{job_id}?updates=off")
    assert "refresh" not in still.headers
    # Closing the page stops nothing: the work goes on without anybody looking.
    tally.instance.clock.move(minutes=2)
    await tally.instance.work()
    ended = await staff.get(f"/admin/jobs/{job_id}")
    assert "refresh" not in ended.headers
    assert 'href="/contact"' in ended.text
    assert "<progress" not in ended.text


async def test_work_without_a_known_end_has_a_bar_without_a_value(tally: Any) -> None:
    job_id = await running(tally)
    bar = (await (await tally.instance.staff_client()).page(f"/admin/jobs/{job_id}")).all("progress")[0]
    assert bar.get("max", "") == ""


async def test_staff_try_again_what_was_set_aside(tally: Any) -> None:
    job_id = await set_aside(tally)
    staff = await tally.instance.staff_client("publisher")
    asked = await staff.page(f"/admin/jobs/{job_id}/retry")
    assert "Do you want to try this again?" in asked.text
    assert path_of(await staff.submit(asked)) == f"/admin/jobs/{job_id}"
    job = await tally.job(job_id)
    assert (job.state, job.attempts, job.error) == ("queued", 0, "")
    await tally.instance.work()
    assert (await tally.job(job_id)).attempts == 1
    assert await actions(tally) == ["job.retried"]


async def test_staff_delete_what_was_set_aside(tally: Any) -> None:
    job_id = await set_aside(tally)
    staff = await tally.instance.staff_client("publisher")
    asked = await staff.page(f"/admin/jobs/{job_id}/delete")
    assert "You cannot undo this" in asked.text
    assert path_of(await staff.submit(asked)) == "/admin/jobs"
    assert await tally.jobs("tally.refuse") == []
    assert await actions(tally) == ["job.deleted"]


async def actions(tally: Any) -> list[str]:
    from sqlmodel import col, select

    async with tally.platform.database.reading(tally.instance.site.id) as session:
        query = select(AuditEntry.action).where(col(AuditEntry.action).startswith("job."))
        return list((await session.exec(query)).all())


async def test_nothing_can_be_decided_about_work_that_was_not_set_aside(tally: Any) -> None:
    job_id, aside = await tally.ask("tally.count"), await set_aside(tally, site=None)
    staff = await tally.instance.staff_client("publisher")
    token = (await staff.page(f"/admin/jobs/{aside}/retry")).all("input")[0].get("value")
    for decision in ("retry", "delete"):
        assert (await staff.get(f"/admin/jobs/{job_id}/{decision}")).status_code == 409
        own = {"sec-fetch-site": "same-origin"}
        answer = await staff.post(f"/admin/jobs/{job_id}/{decision}", data={"form_token": token}, headers=own)
        assert answer.status_code == 409
    assert (await tally.job(job_id)).state == "done"


async def test_who_may_only_look_cannot_decide(tally: Any) -> None:
    job_id = await set_aside(tally)
    viewer = await tally.instance.staff_client("viewer")
    assert "/retry" not in (await viewer.get(f"/admin/jobs/{job_id}")).text
    assert (await viewer.get(f"/admin/jobs/{job_id}/retry")).status_code == 403
    assert (await viewer.get(f"/admin/jobs/{job_id}/delete")).status_code == 403


async def test_the_console_opens_with_what_was_set_aside(tally: Any) -> None:
    staff = await tally.instance.staff_client("publisher")
    assert "set aside" not in (await staff.page("/admin")).text
    await set_aside(tally)
    await set_aside(tally)
    page = await staff.page("/admin")
    assert "Decide what happens to work that was set aside" in page.text
    assert "2 waiting" in page.text
    elsewhere = await tally.instance.staff_client("publisher", tally.instance.other_site)
    assert "set aside" not in (await elsewhere.page("/admin")).text


async def test_the_pages_are_there_in_welsh(tally: Any) -> None:
    job_id = await set_aside(tally)
    staff = await tally.instance.staff_client()
    text = (await staff.page("/cy/admin/jobs")).text + (await staff.page(f"/cy/admin/jobs/{job_id}/retry")).text
    for english in ("Background work", "Set aside", "Done lately", "Try it again", "Cancel"):
        assert english not in text


async def test_a_program_asks_how_far_a_job_is(tally: Any) -> None:
    job_id = await running(tally, done=2, total=3, sentence="Three things are counted")
    answer = await (await tally.instance.api(["core.jobs"])).get(f"/api/v1/jobs/{job_id}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(job_id),
        "name": "tally.report",
        "state": "running",
        "done": 2,
        "total": 3,
        "sentence": "Three things are counted",
        "error": "",
        "result": "",
        "created_at": "2026-11-02T09:00:00Z",
        "finished_at": None,
    }
    assert (await tally.instance.client().get(f"/api/v1/jobs/{job_id}")).status_code == 401
    assert (await (await tally.instance.api(["core.console"])).get(f"/api/v1/jobs/{job_id}")).status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/jobs/{}", "/admin/jobs/{}", "/admin/jobs/{}/retry", "/admin/jobs/{}/delete"])
async def test_a_job_of_another_site_is_answered_as_one_that_never_was(tally: Any, path: str) -> None:
    foreign, missing = await set_aside(tally, site=tally.instance.other_site), uuid4()
    client = await (tally.instance.api() if path.startswith("/api") else tally.instance.staff_client())
    answers = [await client.get(path.format(one)) for one in (foreign, missing)]
    assert {answer.status_code for answer in answers} == {404}
    ids = [answer.headers["x-request-id"] for answer in answers]
    texts = [
        answer.text.replace(str(one), "…").replace(request, "…")
        for answer, one, request in zip(answers, (foreign, missing), ids, strict=True)
    ]
    assert texts[0] == texts[1]


async def test_a_session_of_one_site_sees_no_job_of_another(tally: Any) -> None:
    await tally.ask("tally.count", site=tally.instance.other_site)
    assert await tally.jobs() == []
    staff = await tally.instance.staff_client()
    assert "Count once" not in (await staff.page("/admin/jobs")).text
