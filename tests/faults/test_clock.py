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
SECOND = timedelta(seconds=1)


def closing(day: int, month: int, year: int, at: str, *, opens: int = 0) -> dict[str, str]:
    """What somebody types who wants it to close then, and to open on the first of that month, or of another."""
    typed = {"closes_day": f"{day}", "closes_month": f"{month}", "closes_year": f"{year}", "closes_time": at}
    return TYPED | {"opens_month": f"{opens or month}", "opens_year": f"{year}"} | typed


CLOSINGS = {
    # In that night there are two half past ones: it closes at the first, so nobody is told of an hour too many.
    "the first half past one": (closing(31, 10, 2027, "1:30am"), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    "after the hour came twice": (closing(31, 10, 2027, "2:30am"), datetime(2027, 10, 31, 2, 30, tzinfo=UTC)),
    "before the gap": (closing(28, 3, 2027, "12:30am"), datetime(2027, 3, 28, 0, 30, tzinfo=UTC)),
    "after the gap": (closing(28, 3, 2027, "2:30am"), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    "the leap day": (closing(29, 2, 2028, "11:59pm"), datetime(2028, 2, 29, 23, 59, tzinfo=UTC)),
    "no leap day": (closing(1, 3, 2027, "midnight", opens=2), datetime(2027, 3, 1, 0, 0, tzinfo=UTC)),
}
NOT_THERE = (
    (closing(28, 3, 2027, "1:30am"), "That time does not exist: the clocks go forward then."),
    (closing(29, 2, 2027, "5pm"), "The closing date must be a real date"),
    (closing(29, 2, 2100, "5pm"), "The closing date must be a real date"),
)


class Room:
    """A consultation made in the browser and published, and a program that looks at it and answers."""

    def __init__(self, instance: Instance, slug: str) -> None:
        self.instance = instance
        self.slug = slug
        self.program: Client

    async def open(self, typed: dict[str, str]) -> None:
        """Make it and publish it on the day on which it opens."""
        clock = self.instance.clock
        clock.instant = datetime(int(typed["opens_year"]), int(typed["opens_month"]), 1, tzinfo=UTC)
        author, publisher = [await self.instance.staff_client(role) for role in ("author", "publisher")]
        made = await author.submit(await author.page("/admin/consultation/new"), typed | {"slug": self.slug})
        assert made.status_code == 303, made.text
        questions = await author.page(path_of(made))
        form = next(f for f in questions.all("form") if f.get("action").endswith("/questions"))
        assert (await author.submit(questions, {"type": "text", "label": "Mark"}, form=form)).status_code == 303
        shown = await publisher.page(f"/admin/consultation/{self.slug}")
        assert (await publisher.submit(shown)).status_code == 303
        self.program = await self.instance.api()

    async def look(self) -> tuple[str, int]:
        """Return its state, and what an answer gets."""
        url = f"/api/v1/consultations/{self.slug}"
        state = (await self.program.get(url)).json()["state"]
        return state, (await self.program.post(f"{url}/submissions", json={"answers": {"mark": "m"}})).status_code


async def test_it_closes_at_the_instant_that_was_typed_and_once(instance: Instance) -> None:
    for number, (night, (typed, closes)) in enumerate(CLOSINGS.items()):
        room = Room(instance, f"night-{number}")
        await room.open(typed)
        assert await astray(room, closes) == [], night


async def astray(room: Room, closes: datetime) -> list[str]:
    """Return at which instants around the closing time the state, or what becomes of an answer, is not as it should."""
    grace = timedelta(minutes=15)
    expected = {-SECOND: ("open", 201), timedelta(): ("closed", 201), grace - SECOND: ("closed", 201)}
    expected |= {timedelta(minutes=later): ("closed", 409) for later in (15, 30, 60, 90, 120)}
    wrong = []
    for after, right in expected.items():
        room.instance.clock.instant = closes + after
        seen = await room.look()
        if seen != right:
            wrong.append(f"{after} after closing: {seen}")
    return wrong


async def test_a_form_that_takes_london_time_for_universal_time_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "LONDON", UTC)
    room, (typed, closes) = Room(instance, "night"), CLOSINGS["the first half past one"]
    await room.open(typed)
    assert await astray(room, closes)


async def test_the_page_says_the_time_of_that_night_and_the_days_left(instance: Instance) -> None:
    await Room(instance, "night").open(CLOSINGS["the first half past one"][0])
    instance.clock.instant = datetime(2027, 10, 30, 22, 59, tzinfo=UTC)
    page = (await instance.client().page("/consultations/night")).one("main").text
    assert "1:30am on 31 October 2027 (UK time)" in page
    assert "1 day left" in page


async def test_a_time_that_there_is_not_is_refused(instance: Instance) -> None:
    staff = await instance.staff_client("author")
    for typed, sentence in NOT_THERE:
        refused = await staff.submit(await staff.page("/admin/consultation/new"), typed)
        assert (refused.status_code, sentence in refused.text) == (422, True), sentence


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
