"""Periods as files write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot_dashboard.periods import read_period, read_periods


@pytest.mark.parametrize(
    ("text", "key", "start", "end"),
    [
        ("2022-23", "2022-23", date(2022, 4, 1), date(2023, 3, 31)),
        ("2022/23", "2022-23", date(2022, 4, 1), date(2023, 3, 31)),
        ("2022/2023", "2022-23", date(2022, 4, 1), date(2023, 3, 31)),
        ("1999-00", "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
        ("2003/04", "2003-04", date(2003, 4, 1), date(2004, 3, 31)),
        ("2022", "2022", date(2022, 1, 1), date(2022, 12, 31)),
        ("2022-Q1", "2022-q1", date(2022, 1, 1), date(2022, 3, 31)),
        ("2022 q4", "2022-q4", date(2022, 10, 1), date(2022, 12, 31)),
        ("2024-02", "2024-m02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022-04", "2022-m04", date(2022, 4, 1), date(2022, 4, 30)),
        ("2022-04-01", "2022-04-01", date(2022, 4, 1), date(2022, 4, 1)),
    ],
)
def test_a_period_is_read(text: str, key: str, start: date, end: date) -> None:
    period = read_period(text)
    assert period is not None
    assert (period.label, period.key, period.start, period.end) == (text, key, start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22-23",
        "2022-24",
        "2022-13",
        "2022-00",
        "2022-Q5",
        "2022-02-30",
        "1/4/2022",
        "0000",
        "9999",
        "²⁰²²",
        "٢٠٢٢",
        "2022-2",
    ],
)
def test_what_is_no_period_is_not_guessed(text: str) -> None:
    assert read_period(text) is None


def test_a_text_that_may_be_two_things_is_taken_as_its_neighbours_are() -> None:
    months = read_periods(["2003-03", "2003-04", "2003-05"])["2003-04"]
    years = read_periods(["2003-04", "2022-23"])["2003-04"]
    assert months is not None
    assert years is not None
    assert (months.frequency, years.frequency) == ("month", "financial year")
    assert read_periods(["2003-04"]) == {"2003-04": None}
    assert read_periods(["2003-04", "2022-23", "2003-05"])["2003-04"] is None


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text: str) -> None:
    period = read_period(text)
    assert period is None or period.start <= period.end
