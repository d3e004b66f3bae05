"""Round axes that cover the values."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.figures.scale import scale

numbers = st.lists(
    st.decimals(min_value=-(10**17), max_value=10**17, places=6) | st.decimals(min_value=-1, max_value=1, places=20),
    min_size=1,
    max_size=20,
)


@given(numbers, st.booleans())
def test_a_scale_covers_every_value_in_at_most_six_steps_of_one_two_or_five(values: list[Decimal], zero: bool) -> None:
    axis = scale(values, from_zero=zero)
    assert axis.low <= min(values)
    assert axis.high >= max(values)
    assert axis.step.normalize().as_tuple().digits in {(1,), (2,), (5,)}
    assert 2 <= len(axis.ticks) <= 7


@given(numbers, st.booleans())
def test_ticks_run_evenly_from_end_to_end(values: list[Decimal], zero: bool) -> None:
    axis = scale(values, from_zero=zero)
    assert (axis.ticks[0], axis.ticks[-1]) == (axis.low, axis.high)
    with localcontext(prec=60):
        steps = {right - left for left, right in zip(axis.ticks, axis.ticks[1:], strict=False)}
    assert steps == {axis.step}
    assert len({f"{tick:.{axis.decimals}f}" for tick in axis.ticks}) == len(axis.ticks)


@given(numbers)
def test_zero_is_on_the_axis_of_bars(values: list[Decimal]) -> None:
    axis = scale(values, from_zero=True)
    assert axis.low <= 0 <= axis.high
    assert 0 <= axis.share(Decimal(0)) <= 1


@given(numbers, st.booleans())
def test_shares_keep_the_order_of_values(values: list[Decimal], zero: bool) -> None:
    axis = scale(values, from_zero=zero)
    shares = [axis.share(value) for value in sorted(values)]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [("0", "9", "0 2 4 6 8 10"), ("7.1", "8.2", "7.0 7.5 8.0 8.5"), ("0", "0.03", "0.00 0.01 0.02 0.03")],
)
def test_known_axes(low: str, high: str, ticks: str) -> None:
    assert scale([Decimal(low), Decimal(high)], from_zero=False).ticks == tuple(map(Decimal, ticks.split()))


def test_no_values_still_make_an_axis() -> None:
    assert scale([], from_zero=True).ticks[0] == 0
