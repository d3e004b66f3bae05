"""Values and marks as files write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot_dashboard.values import as_decimal, read_value, sensible_decimals


@pytest.mark.parametrize("text", ["7.6", "0", "-1.50", "+3", "1,234,567.8", ".5", "813.4202553", "1e3", "7.60"])
def test_a_number_is_kept_as_it_stands(text: str) -> None:
    assert read_value(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "mark"),
    [("", "x"), ("..", "x"), (":", "x"), ("n/a", "x"), ("*", "c"), ("[c]", "c"), ("c", "c"), ("-", "w"), ("z", "z")],
)
def test_a_missing_value_is_a_mark_and_never_a_zero(text: str, mark: str) -> None:
    assert read_value(text) == (None, (mark,))


def test_a_value_keeps_the_marks_beside_it() -> None:
    assert read_value("7.6 [p][r]") == ("7.6", ("p", "r"))
    assert read_value("7.6", "p, e") == ("7.6", ("e", "p"))


@pytest.mark.parametrize(
    "text", ["abc", "£5", "5%", "1,23", "1.2.3", "NaN", "Infinity", "0x1", "٣", "1e99", "=1+1", "7.6 [q]", "--", "1 2"]
)
def test_what_is_neither_number_nor_mark_is_refused(text: str) -> None:
    assert read_value(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_every_decimal_comes_back_exactly(number: Decimal) -> None:
    found = read_value(format(number, "f"))
    assert found is not None
    assert found[0] is not None
    assert as_decimal(found[0]) == number


@pytest.mark.parametrize(
    ("values", "decimals"),
    [([], 0), (["7", "8"], 0), (["7", "7.6"], 1), (["0.403", "0.4"], 3), (["813.4202553", "5"], 1), (["0.40312"], 3)],
)
def test_readers_see_no_more_decimals_than_help(values: list[str], decimals: int) -> None:
    assert sensible_decimals(values) == decimals
