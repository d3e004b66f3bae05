"""Periods as files write them: 2022-23, 2022/23, 2022, 2022-Q1, 2022-04, 2022-04-01."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

FINANCIAL_YEAR = re.compile(r"(\d{4})([-/])(\d{2}|\d{4})\Z")
YEAR = re.compile(r"\d{4}\Z")
QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])\Z", re.IGNORECASE)
MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
YEARS = range(1800, 2201)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time. ``label`` is as the file has it; ``key`` is the same for every way of writing it."""

    label: str
    key: str
    frequency: str
    start: date
    end: date


def read_period(text: str, *, as_months: bool | None = None) -> Period | None:
    """Return a period, or ``None`` when it is none.

    :param as_months: how to take a text such as 2003-04, which may be a month or a financial year; ``None`` refuses it
    """
    text = text.strip()
    if not text.isascii() or not text[:4].isdigit() or int(text[:4]) not in YEARS:
        return None
    if is_ambiguous(text):
        return None if as_months is None else _month(text) if as_months else _financial_year(text)
    readers = (_financial_year, _year, _quarter, _month, _day)
    return next((period for read in readers if (period := read(text))), None)


def _financial_year(text: str) -> Period | None:
    found = FINANCIAL_YEAR.match(text)
    if not found or not _is_next(int(found[1]), found[3]):
        return None
    year = int(found[1])
    key = f"{year}-{(year + 1) % 100:02}"
    return Period(text, key, "financial year", date(year, 4, 1), date(year + 1, 3, 31))


def _year(text: str) -> Period | None:
    year = int(text[:4])
    return Period(text, text, "year", date(year, 1, 1), date(year, 12, 31)) if YEAR.match(text) else None


def _quarter(text: str) -> Period | None:
    found = QUARTER.match(text)
    if not found:
        return None
    year, first = int(found[1]), 3 * int(found[2]) - 2
    end = date(year, first + 2, monthrange(year, first + 2)[1])
    return Period(text, f"{year}-q{found[2]}", "quarter", date(year, first, 1), end)


def _month(text: str) -> Period | None:
    found = MONTH.match(text)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    year, month = int(found[1]), int(found[2])
    end = date(year, month, monthrange(year, month)[1])
    return Period(text, f"{year}-m{month:02}", "month", date(year, month, 1), end)


def _day(text: str) -> Period | None:
    try:
        day = date.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        day = None
    return Period(text, text, "day", day, day) if day else None


def _is_next(year: int, second: str) -> bool:
    return int(second) == (year + 1 if len(second) == 4 else (year + 1) % 100)


def is_ambiguous(text: str) -> bool:
    """Say whether a text such as 2003-04 may be a month or a financial year."""
    found = MONTH.match(text.strip())
    return bool(found) and found is not None and 1 <= int(found[2]) <= 12 and _is_next(int(found[1]), found[2])


def read_periods(texts: Iterable[str]) -> dict[str, Period | None]:
    """Return the period of each text; what is ambiguous alone is taken as the unambiguous others of its shape are."""
    wanted = set(texts)
    others = {period.frequency for text in wanted if (period := read_period(text))}
    both = {"month", "financial year"} & others
    as_months = "month" in both if len(both) == 1 else None
    return {text: read_period(text, as_months=as_months) for text in wanted}
