"""Nights on which the clocks change, the leap day, and a clock that jumps back: nobody is shut out, nothing doubles."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import API, PATH, TYPED, answers, open_consultation
from faults.counting import count
from folkmoot.store.jobs.models import JobRow
from folkmoot.testing import Client, Instance, path_of
from folkmoot_consultation import builder

FOLKMOOT_PLUGINS = ("consultation",)
SLUG = TYPED["slug"]
STATE = f"/api/v1/consultations/{SLUG}"
SECOND = timedelta(seconds=1)


def closing(day: int, month: int, year: int, at: str) -> dict[str, str]:
    """What somebody types who wants it to close then."""
    typed = {"closes_day": f"{day}", "closes_month": f"{month}", "closes_year": f"{year}", "closes_time": at}
    return TYPED | {"opens_month": f"{month}", "opens_year": f"{year}"} | typed


async def published(instance: Instance, typed: dict[str, str]) -> Client:
    """Make a consultation in the browser, publish it, and return a program that may see it."""
    opens = datetime(int(typed["opens_year"]), int(typed["opens_month"]), 1, tzinfo=UTC)
    instance.clock.instant = opens
    author, publisher = await instance.staff_client("author"), await instance.staff_client("publisher")
    made = await author.submit(await author.page("/admin/consultation/new"), typed)
    assert made.status_code == 303, made.text
    questions = await author.page(path_of(made))
    form = next(f for f in questions.all("form") if f.get("action").endswith("/questions"))
    assert (await author.submit(questions, {"type": "text", "label": "Mark"}, form=form)).status_code == 303
    assert (await publisher.submit(await publisher.page(f"/admin/consultation/{SLUG}"))).status_code == 303
    return await instance.api()


async def state(program: Client) -> str:
    return str((await program.get(STATE)).json()["state"])


async def send(program: Client) -> int:
    return (await program.post(f"{STATE}/submissions", json={"answers": {"mark": "m"}})).status_code


@pytest.mark.parametrize(
    ("typed", "closes"),
    [
        # In that night there are two half past ones: it closes at the first, so nobody is told of an hour too many.
        (closing(31, 10, 2027, "1:30am"), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (closing(31, 10, 2027, "2:30am"), datetime(2027, 10, 31, 2, 30, tzinfo=UTC)),
        (closing(28, 3, 2027, "12:30am"), datetime(2027, 3, 28, 0, 30, tzinfo=UTC)),
        (closing(28, 3, 2027, "2:30am"), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (closing(29, 2, 2028, "11:59pm"), datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
        (closing(1, 3, 2027, "midnight"), datetime(2027, 3, 1, 0, 0, tzinfo=UTC)),
    ],
    ids=["first half past one", "after the hour came twice", "before the gap", "after the gap", "leap day", "midnight"],
)
async def test_it_closes_at_the_instant_that_was_typed_and_once(
    instance: Instance, typed: dict[str, str], closes: datetime
) -> None:
    if typed["closes_time"] == "midnight":
        typed = typed | {"opens_month": "2"}
    program = await published(instance, typed)
    assert await astray(instance, program, closes) == []


async def astray(instance: Instance, program: Client, closes: datetime) -> list[str]:
    """Return at which instants around the closing time the state, or what becomes of an answer, is not as it should."""
    grace = timedelta(minutes=15)
    expected = {-SECOND: ("open", 201), timedelta(): ("closed", 201), grace - SECOND: ("closed", 201)}
    expected |= {timedelta(minutes=later): ("closed", 409) for later in (15, 30, 60, 90, 120)}
    wrong = []
    for after, right in expected.items():
        instance.clock.instant = closes + after
        seen = (await state(program), await send(program))
        if seen != right:
            wrong.append(f"{after} after closing: {seen}")
    return wrong


async def test_a_form_that_takes_london_time_for_universal_time_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "LONDON", UTC)
    program = await published(instance, closing(31, 10, 2027, "1:30am"))
    assert await astray(instance, program, datetime(2027, 10, 31, 0, 30, tzinfo=UTC))


async def test_the_page_says_the_time_of_that_night_and_the_days_left(instance: Instance) -> None:
    await published(instance, closing(31, 10, 2027, "1:30am"))
    instance.clock.instant = datetime(2027, 10, 30, 22, 59, tzinfo=UTC)
    page = (await instance.client().page(f"/consultations/{SLUG}")).one("main").text
    assert "1:30am on 31 October 2027 (UK time)" in page
    assert "1 day left" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (closing(28, 3, 2027, "1:30am"), "That time does not exist: the clocks go forward then."),
        (closing(29, 2, 2027, "5pm"), "The closing date must be a real date"),
        (closing(29, 2, 2100, "5pm"), "The closing date must be a real date"),
    ],
)
async def test_a_time_that_there_is_not_is_refused(instance: Instance, typed: dict[str, str], sentence: str) -> None:
    staff = await instance.staff_client("author")
    refused = await staff.submit(await staff.page("/admin/consultation/new"), typed)
    assert refused.status_code == 422
    assert sentence in refused.text


async def test_a_clock_that_jumps_back_by_an_hour_disturbs_nobody(instance: Instance) -> None:
    await open_consultation(instance)
    staff, person, program = await instance.staff_client(), instance.client(), await instance.api()
    acknowledged: dict[str, str] = {}

    async def called(mark: str) -> None:
        body: Any = {"answers": answers(mark)}
        response = await program.post(API, json=body, headers={"idempotency-key": mark})
        assert response.status_code == 201
        assert acknowledged.setdefault(mark, response.json()["reference"]) == response.json()["reference"]

    await called("before")
    # Half way through the pages when it happens, and signed in.
    await person.submit(await person.page(f"{PATH}/respond/1"), answers("begun"))
    assert (await staff.get("/admin")).status_code == 200
    instance.clock.move(hours=-1)
    await called("before")
    await called("after")
    sent = await person.submit(await person.page(f"{PATH}/check-answers"))
    assert path_of(sent) == f"{PATH}/confirmation"
    shown = await person.page(f"{PATH}/confirmation")
    acknowledged["begun"] = shown.one("div", "govuk-panel__body").one("strong").text
    assert (await staff.get("/admin")).status_code == 200
    assert (await (await instance.staff_client()).get("/admin")).status_code == 200
    instance.clock.move(hours=1)
    await called("again")
    counted = await count(instance, acknowledged)
    assert counted.sound, counted
    listed = (await program.get(API)).json()["items"]
    assert sorted(item["answers"]["mark"] for item in listed) == ["after", "again", "before", "begun"]


async def test_jobs_asked_for_before_a_jump_back_are_done_when_their_time_comes(instance: Instance) -> None:
    await open_consultation(instance)
    await instance.work()
    instance.clock.move(hours=-1)
    await instance.work()
    instance.clock.move(hours=2)
    await instance.work()
    async with instance.platform.database.system_reading() as session:
        due = [job for job in (await session.exec(select(JobRow))).all() if job.run_at <= instance.clock.now()]
    assert due
    assert {job.state for job in due} == {"done"}
