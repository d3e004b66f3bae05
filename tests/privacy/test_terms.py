"""Terms and deadlines over leap days, short months and the nights when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.privacy.terms import acknowledge_by, answer_by, days_left, is_sound, limit
from folkmoot.spec.descriptors import Term

LONDON = ZoneInfo("Europe/London")
INSTANTS = st.floats(0, 4.7e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
TERMS = st.builds(Term, years=st.integers(0, 20), months=st.integers(0, 40), days=st.integers(0, 800))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "term", "expected"),
    [
        # From a leap day a year back there is no such day: the earlier one, so that nothing goes early.
        ("2028-02-29T12:00", Term(years=1), "2027-02-28T12:00"),
        # What is from a leap day has its year on 1 March, not on 28 February.
        ("2029-02-28T12:00", Term(years=1), "2028-02-28T12:00"),
        ("2029-03-01T12:00", Term(years=1), "2028-03-01T12:00"),
        ("2027-03-31T00:00", Term(months=1), "2027-02-28T00:00"),
        ("2028-03-31T00:00", Term(months=1), "2028-02-29T00:00"),
        ("2027-01-15T08:30", Term(months=14), "2025-11-15T08:30"),
        ("2027-01-15T08:30", Term(days=30), "2026-12-16T08:30"),
        ("2027-03-28T01:30", Term(days=1), "2027-03-27T01:30"),
        ("2026-10-25T01:30", Term(days=1), "2026-10-24T01:30"),
        ("2027-01-01T00:00", Term(years=1, months=1, days=1), "2025-11-30T00:00"),
    ],
)
def test_the_limit_is_one_term_before(now: str, term: Term, expected: str) -> None:
    assert limit(at(now), term) == at(expected)


@given(INSTANTS, TERMS)
def test_nothing_younger_than_its_term_is_at_the_limit(now: datetime, term: Term) -> None:
    """By any reckoning of months: the limit is no later than the shortest months would have it."""
    before = limit(now, term)
    months = 12 * term.years + term.months
    shortest = timedelta(days=term.days) + timedelta(days=28 * months)
    assert now - before >= shortest
    assert now - before <= timedelta(days=term.days) + timedelta(days=31 * months)


@given(INSTANTS, TERMS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_limit_never_goes_back_while_time_goes_on(now: datetime, term: Term, passed: timedelta) -> None:
    assert limit(now + passed, term) >= limit(now, term)


@given(INSTANTS, TERMS)
def test_the_limit_is_the_same_in_every_time_zone(now: datetime, term: Term) -> None:
    assert limit(now.astimezone(LONDON), term) == limit(now, term)


@pytest.mark.parametrize(
    ("received", "last_day"),
    [
        ("2027-01-15T10:00", "2027-02-15"),
        ("2027-01-31T10:00", "2027-02-28"),
        ("2028-01-31T10:00", "2028-02-29"),
        ("2027-12-31T10:00", "2028-01-31"),
        # Half past midnight on 1 July in London, still June in UTC.
        ("2027-06-30T23:30", "2027-08-01"),
        ("2027-02-28T10:00", "2027-03-28"),
        ("2026-09-25T10:00", "2026-10-25"),
    ],
)
def test_a_request_is_answered_by_the_same_day_of_the_next_month(received: str, last_day: str) -> None:
    due = answer_by(at(received)).astimezone(LONDON)
    assert due.date().isoformat() == last_day
    assert (due.hour, due.minute) == (23, 59)


def test_a_complaint_is_acknowledged_within_thirty_days_of_which_the_first_is_that_of_receipt() -> None:
    assert acknowledge_by(at("2027-06-01T09:00")).astimezone(LONDON).date().isoformat() == "2027-06-30"
    # Over the night in which clocks go back: still the end of the thirtieth day on the wall.
    assert acknowledge_by(at("2026-10-01T09:00")) == at("2026-10-30T23:59")
    assert acknowledge_by(at("2026-10-01T09:00")) <= at("2026-10-01T09:00") + timedelta(days=30)


@given(INSTANTS)
def test_deadlines_are_kept_with_room_and_never_before_receipt(received: datetime) -> None:
    # On the wall it is thirty days; when the clocks go back in them they have an hour more.
    assert received < acknowledge_by(received) < received + timedelta(days=30, hours=1)
    assert timedelta(days=28) <= answer_by(received) - received < timedelta(days=32, hours=1)


def test_days_left_are_days_on_the_wall() -> None:
    due = at("2026-10-30T23:59")
    assert days_left(due, at("2026-10-24T22:30")) == 6
    # Eleven at night in UTC is the next day in London in summer.
    assert days_left(due, at("2026-10-24T23:30")) == 5
    assert days_left(due, at("2026-10-31T00:30")) == -1


@pytest.mark.parametrize(
    ("term", "sound"),
    [
        (Term(days=1), True),
        (Term(), False),
        (Term(days=-1, years=1), False),
        (Term(years=100), True),
        (Term(years=100, days=1), False),
        (Term(months=1201), False),
    ],
)
def test_a_term_is_a_day_at_least_and_a_century_at_most(term: Term, sound: bool) -> None:
    assert is_sound(term) is sound
