"""Schedules in UK time: once in the night in which an hour comes twice, once in the one that lacks an hour."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.store.jobs import cron
from folkmoot.store.jobs.cron import LONDON, latest

# The last Sundays of March and October 2026.
SHORT, LONG = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)


def due(expression: str, start: datetime, hours: int, look: Callable[..., datetime | None] = latest) -> list[datetime]:
    """Return when a worker that looks every five minutes finds something new."""
    last, found = start - timedelta(minutes=1), []
    for minute in range(0, hours * 60, 5):
        instant = look(expression, start + timedelta(minutes=minute, seconds=17))
        if instant is not None and instant > last:
            found.append(instant)
            last = instant
    return found


def test_a_time_that_comes_twice_is_due_once() -> None:
    # 01:30 comes as 00:30 UTC, and again an hour later.
    assert due("30 1 * * *", LONG, 24) == [LONG + timedelta(minutes=30)]


def test_a_time_that_never_comes_is_due_once_all_the_same() -> None:
    assert due("30 1 * * *", SHORT, 24) == [SHORT + timedelta(hours=1, minutes=30)]


@pytest.mark.parametrize("start", [SHORT, LONG])
def test_at_noon_it_is_noon_on_the_wall(start: datetime) -> None:
    found = due("0 12 * * *", start - timedelta(days=1), 72)
    assert [instant.astimezone(LONDON).strftime("%H:%M") for instant in found] == ["12:00"] * 3


@pytest.mark.parametrize("start", [SHORT, LONG])
def test_what_is_due_every_hour_is_due_in_each_hour_that_passes(start: datetime) -> None:
    assert due("0 * * * *", start, 24) == [start + timedelta(hours=hour) for hour in range(24)]
    assert len(due("*/15 * * * *", start, 24)) == 24 * 4


def both_readings(expression: str, now: datetime) -> datetime | None:
    """The twin that takes a time which comes twice at its word."""
    start = now.astimezone(LONDON).replace(tzinfo=None, microsecond=0) + timedelta(hours=1, seconds=1)
    walls = [wall for wall, _ in zip(cron._back(expression, start), range(5), strict=False)]
    return max(one for wall in walls for one in cron._instants(wall, twice=True) if one <= now)


def in_utc(expression: str, now: datetime) -> datetime | None:
    """The twin that goes by UTC."""
    wall = next(cron._back(expression, now.replace(tzinfo=None)), None)
    return wall.replace(tzinfo=UTC) if wall else None


def test_twins_that_mind_the_clocks_less_are_caught() -> None:
    assert len(due("30 1 * * *", LONG, 24, both_readings)) == 2
    summer = due("0 12 * * *", SHORT, 24, in_utc)
    assert [instant.astimezone(LONDON).hour for instant in summer] == [13]


def test_the_leap_day_is_due_in_leap_years_alone() -> None:
    expression = "0 9 29 2 *"
    assert latest(expression, datetime(2028, 2, 29, 9, 0, tzinfo=UTC)) == datetime(2028, 2, 29, 9, 0, tzinfo=UTC)
    assert latest(expression, datetime(2027, 3, 1, 12, 0, tzinfo=UTC)) == datetime(2024, 2, 29, 9, 0, tzinfo=UTC)
    assert due("0 9 * * *", datetime(2028, 2, 28, tzinfo=UTC), 72)[1] == datetime(2028, 2, 29, 9, tzinfo=UTC)


def test_an_instant_is_due_at_once_and_not_before() -> None:
    noon = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    assert latest("0 12 * * *", noon) == noon
    assert latest("0 12 * * *", noon - timedelta(microseconds=1)) == noon - timedelta(days=1)


def test_a_date_that_never_comes_is_never_due() -> None:
    assert latest("0 0 30 2 *", LONG) is None


def test_an_expression_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="61"):
        latest("61 * * * *", LONG)


def expressions() -> st.SearchStrategy[str]:
    minutes, hours = st.integers(0, 59).map(str) | st.just("*/20"), st.integers(0, 23).map(str) | st.just("*")
    return st.builds(lambda minute, hour: f"{minute} {hour} * * *", minutes, hours)


def instants() -> Iterator[st.SearchStrategy[datetime]]:
    for night in (SHORT, LONG):
        yield st.integers(-36 * 60, 36 * 60).map(lambda minute, night=night: night + timedelta(minutes=minute))


@given(expressions(), st.one_of(*instants()), st.integers(0, 180))
def test_later_looks_never_find_an_earlier_instant(expression: str, now: datetime, minutes: int) -> None:
    first, second = latest(expression, now), latest(expression, now + timedelta(minutes=minutes))
    assert first is not None
    assert second is not None
    assert first <= second
    assert now - timedelta(hours=26) < first <= now
