"""States and closing times, across the changes of the clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from folkmoot_consultation.timing import State, days_left, next_change, state_at, takes_answers


@dataclass
class Dates:
    opens_at: datetime
    closes_at: datetime
    published_at: datetime | None


MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 (hypothesis takes bounds without a zone)
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=700)), MOMENTS)
def test_the_next_change_is_ahead_and_nothing_changes_before_it(
    opens: datetime, length: timedelta, now: datetime
) -> None:
    dates = Dates(opens, opens + length, opens)
    change = next_change(dates, now)
    if change is None:
        assert state_at(dates, now) is State.CLOSED
        return
    assert change > now
    just_before = change - timedelta(microseconds=1)
    assert state_at(dates, just_before) is state_at(dates, now)
    assert days_left(dates, just_before) == days_left(dates, now) or state_at(dates, now) is State.SCHEDULED


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=700)), MOMENTS)
def test_answers_are_taken_when_open_and_for_a_quarter_of_an_hour_more(
    opens: datetime, length: timedelta, now: datetime
) -> None:
    dates = Dates(opens, opens + length, opens)
    if state_at(dates, now) is State.OPEN:
        assert takes_answers(dates, now)
    assert takes_answers(dates, now) == (opens <= now < opens + length + timedelta(minutes=15))
    assert not takes_answers(Dates(opens, opens + length, None), now)


def test_days_left_are_nights_in_the_united_kingdom() -> None:
    # The clocks go forward on 28 March 2027: 11:59pm on the 28th is 22:59 UTC.
    dates = Dates(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 3, 28, 22, 59, tzinfo=UTC), dates_published())
    assert days_left(dates, datetime(2027, 3, 27, 23, 30, tzinfo=UTC)) == 1
    assert days_left(dates, datetime(2027, 3, 28, 0, 30, tzinfo=UTC)) == 0
    assert next_change(dates, datetime(2027, 3, 27, 12, tzinfo=UTC)) == datetime(2027, 3, 28, 0, 0, tzinfo=UTC)


def dates_published() -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC)
