"""Old data goes on time, by a clock that is moved: nothing younger goes, and the log says what went."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planting import PLUGINS, plant
from sqlmodel import select

from folkmoot.audit.models import AuditEntry
from folkmoot.forms.models import Draft, Form, Submission
from folkmoot.privacy.declarations import holding
from folkmoot.privacy.models import RetentionRun
from folkmoot.privacy.retention import set_term, site_terms
from folkmoot.privacy.terms import limit
from folkmoot.spec.descriptors import Term
from folkmoot.spec.errors import NotFound, Unprocessable
from folkmoot.testing import Instance
from folkmoot.web.privacy_desk import keep_to_terms

FOLKMOOT_PLUGINS = PLUGINS


async def keep_draft(instance: Instance, at: datetime, site: Any = None) -> None:
    async with instance.desk(site).writing() as session:
        form = Form(owner="test", created_at=at)
        session.add(form)
        await session.flush()
        session.add(Draft(form_id=form.id, secret_hash=uuid4().hex * 2, answers={"why": "I"}, updated_at=at))
        await session.commit()


async def drafts(instance: Instance, site: Any = None) -> list[datetime]:
    async with instance.desk(site).reading() as session:
        return sorted((await session.exec(select(Draft.updated_at))).all())


async def log(instance: Instance, site: Any = None) -> list[tuple[str, int]]:
    async with instance.desk(site).reading() as session:
        return [(row.source, row.removed) for row in (await session.exec(select(RetentionRun))).all()]


async def test_what_has_been_kept_for_its_term_goes_and_what_has_not_stays(instance: Instance) -> None:
    now = instance.clock.now()
    for at in (now - timedelta(days=31), now - timedelta(days=30), now - timedelta(days=30, seconds=-1), now):
        await keep_draft(instance, at)
    counted = {each.name: each.removed for each in await keep_to_terms(instance.desk(), dry=True)}
    assert counted["core.drafts"] == 2
    assert len(await drafts(instance)) == 4
    removed = {each.name: each.removed for each in await keep_to_terms(instance.desk())}
    assert removed == counted
    assert await drafts(instance) == [now - timedelta(days=30, seconds=-1), now]
    assert await log(instance) == [("core.drafts", 2)]
    assert sum(each.removed for each in await keep_to_terms(instance.desk())) == 0
    assert await log(instance) == [("core.drafts", 2)]


async def test_the_job_of_the_night_does_it_on_every_site_by_the_moved_clock(instance: Instance) -> None:
    for site in (instance.site, instance.other_site):
        await keep_draft(instance, instance.clock.now(), site)
    await instance.work()
    assert len(await drafts(instance)) == 1
    instance.clock.move(days=29)
    await instance.work()
    assert len(await drafts(instance)) == 1
    instance.clock.move(days=2)
    await instance.work()
    for site in (instance.site, instance.other_site):
        assert await drafts(instance, site) == []
        assert ("core.drafts", 1) in await log(instance, site)
        async with instance.desk(site).reading() as session:
            actions = (await session.exec(select(AuditEntry.action))).all()
        assert actions.count("core.retention_run") == 1


@pytest.mark.parametrize(
    ("kept_at", "gone_at"),
    [
        # From a leap day: a year is full on 1 March, and not an instant before.
        ("2028-02-29T12:00", "2029-03-01T00:00"),
        ("2027-03-01T12:00", "2028-03-01T12:00"),
        # Over both nights when the clocks change.
        ("2026-10-25T00:30", "2027-10-25T00:30"),
        ("2026-10-25T01:30", "2027-10-25T01:30"),
        ("2027-03-28T01:30", "2028-03-28T01:30"),
    ],
)
async def test_a_year_is_a_year_over_leap_days_and_changes_of_clock(
    instance: Instance, kept_at: str, gone_at: str
) -> None:
    kept, gone = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (kept_at, gone_at))
    async with instance.desk().writing() as session:
        await set_term(session, holding(instance.platform.registry), "core.drafts", Term(years=1))
        await session.commit()
    await keep_draft(instance, kept)
    instance.clock.instant = gone - timedelta(microseconds=1)
    await keep_to_terms(instance.desk())
    assert await drafts(instance) == [kept]
    instance.clock.instant = gone
    await keep_to_terms(instance.desk())
    assert await drafts(instance) == []


@pytest.mark.only_on("sqlite")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ages=st.lists(st.timedeltas(timedelta(0), timedelta(days=900)), min_size=1, max_size=8),
    term=st.builds(Term, years=st.integers(0, 1), months=st.integers(0, 13), days=st.integers(1, 60)),
    now=st.floats(1.5e9, 3e9).map(lambda seconds: datetime.fromtimestamp(int(seconds), UTC)),
)
async def test_nothing_younger_than_its_term_ever_goes(
    instance: Instance, ages: list[timedelta], term: Term, now: datetime
) -> None:
    instance.clock.instant = now
    async with instance.desk().writing() as session:
        for draft in (await session.exec(select(Draft))).all():
            await session.delete(draft)
        await set_term(session, holding(instance.platform.registry), "core.drafts", term)
        await session.commit()
    for age in ages:
        await keep_draft(instance, now - age)
    await keep_to_terms(instance.desk())
    before = limit(now, term)
    assert await drafts(instance) == sorted(now - age for age in ages if now - age > before)


@pytest.mark.only_on("sqlite")
async def test_a_twin_that_reckons_in_months_of_thirty_days_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sloppy(now: datetime, term: Term) -> datetime:
        return now - timedelta(days=360 * term.years + 30 * term.months + term.days)

    monkeypatch.setattr("folkmoot.privacy.retention.limit", sloppy)
    with pytest.raises(AssertionError):
        await test_a_year_is_a_year_over_leap_days_and_changes_of_clock(
            instance, "2027-03-01T12:00", "2028-03-01T12:00"
        )


async def test_more_than_one_handful_goes_in_one_entry_of_the_log(instance: Instance) -> None:
    old = instance.clock.now() - timedelta(days=40)
    async with instance.desk().writing() as session:
        form = Form(owner="test", created_at=old)
        session.add(form)
        await session.flush()
        rows = [Draft(form_id=form.id, secret_hash=f"{n:064}", answers={}, updated_at=old) for n in range(1_203)]
        session.add_all(rows)
        await session.commit()
    await keep_to_terms(instance.desk())
    assert await drafts(instance) == []
    assert await log(instance) == [("core.drafts", 1_203)]


async def test_everything_with_a_term_goes_in_the_end_and_figures_stay(everywhere: Instance) -> None:
    """Whatever was planted: after enough years only what has no term is left, and choices are still counted."""
    await plant(everywhere)
    staff = await everywhere.staff_client()
    page = await staff.page("/admin/complaints")
    complaint = page.one("a", "fm-unbroken")
    shown = await staff.page(complaint.get("href"))
    form = next(f for f in shown.one("main").all("form") if f.one("input", name="state").get("value") == "answered")
    await staff.submit(shown, form=form)
    everywhere.clock.move(days=365 * 10)
    await everywhere.work()
    expired = await keep_to_terms(everywhere.desk(), dry=True)
    assert {each.name: each.removed for each in expired if each.removed} == {}
    went = {source for source, _ in await log(everywhere)}
    assert went >= {
        "core.accounts",
        "core.drafts",
        "core.mail",
        "core.complaints",
        "core.submissions",
        "feedback.pages",
    }
    async with everywhere.desk().reading() as session:
        answers = [row.answers for row in (await session.exec(select(Submission))).all()]
    assert answers == [{"agree": "yes"}, {"agree": "yes"}]


async def test_a_site_keeps_its_own_terms_and_its_neighbour_the_usual_ones(instance: Instance) -> None:
    declarations = holding(instance.platform.registry)
    async with instance.desk().writing() as session:
        await set_term(session, declarations, "core.drafts", Term(months=2))
        with pytest.raises(NotFound):
            await set_term(session, declarations, "core.nothing", Term(days=1))
        with pytest.raises(Unprocessable):
            await set_term(session, declarations, "core.drafts", Term())
        await session.commit()
    async with instance.desk().reading() as session:
        assert (await site_terms(session, declarations))["core.drafts"] == Term(months=2)
    async with instance.desk(instance.other_site).reading() as session:
        assert (await site_terms(session, declarations))["core.drafts"] == Term(days=30)
    old = instance.clock.now() - timedelta(days=40)
    for site in (instance.site, instance.other_site):
        await keep_draft(instance, old, site)
        await keep_to_terms(instance.desk(site))
    assert await drafts(instance) == [old]
    assert await drafts(instance, instance.other_site) == []


async def test_staff_see_the_schedule_and_set_a_term(instance: Instance) -> None:
    staff = await instance.staff_client()
    page = await staff.page("/admin/retention")
    assert "30 days" in page.one("main").text
    assert "3:40am on 3 November 2026" in page.one("main").text
    wrong = await staff.submit(page, {"source": "core.drafts", "number": "0", "unit": "days"})
    assert wrong.status_code == 422
    assert "govuk-error-summary" in wrong.text
    sent = await staff.submit(page, {"source": "core.drafts", "number": "6", "unit": "months"})
    assert sent.status_code == 303
    assert "6 months" in (await staff.page("/admin/retention")).one("main").text
    privacy = await instance.client().page("/privacy")
    assert "6 months" in privacy.one("main").text
    await keep_draft(instance, instance.clock.now() - timedelta(days=300))
    await keep_to_terms(instance.desk())
    assert "Answers in progress" in (await staff.page("/admin/retention")).all("table")[-1].text


async def test_the_machine_clock_has_no_part_in_it(instance: Instance) -> None:
    now = instance.clock.now()
    await keep_draft(instance, now)
    with time_machine.travel(now + timedelta(days=4_000), tick=False):
        await keep_to_terms(instance.desk())
    assert await drafts(instance) == [now]
