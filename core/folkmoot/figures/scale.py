"""Axes: round steps that cover the values, and where a value lies between two ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

# 18 digits before the point and 20 behind it are exact in this many, with room for a product.
_PRECISION = 60


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear axis from `low` to `high`, both multiples of `step`, which is 1, 2 or 5 times a power of ten."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> tuple[Decimal, ...]:
        """Return the values of the axis marks, both ends included."""
        with localcontext(prec=_PRECISION):
            count = int((self.high - self.low) / self.step)
            return tuple(self.low + self.step * index for index in range(count + 1))

    @property
    def decimals(self) -> int:
        """Return how many decimals the marks need so that no two read the same."""
        return max(0, -self.step.adjusted())

    def share(self, value: Decimal) -> float:
        """Return where a value lies: 0.0 at the low end, 1.0 at the high end."""
        with localcontext(prec=_PRECISION):
            return float((value - self.low) / (self.high - self.low))


def scale(values: Sequence[Decimal], *, from_zero: bool, intervals: int = 5) -> Scale:
    """Return a scale that covers all the values in at most `intervals` + 1 steps.

    :param from_zero: whether zero must be on the axis, as bars need it: their length is the value.
    """
    with localcontext(prec=_PRECISION):
        low = min(values, default=Decimal(0))
        high = max(values, default=Decimal(1))
        if from_zero:
            low, high = min(low, Decimal(0)), max(high, Decimal(0))
        if low == high:
            low, high = _around(low, from_zero=from_zero)
        step = _step((high - low) / intervals)
        bottom = (low / step).to_integral_value(ROUND_FLOOR) * step
        top = (high / step).to_integral_value(ROUND_CEILING) * step
        return Scale(bottom, top, step)


def _around(value: Decimal, *, from_zero: bool) -> tuple[Decimal, Decimal]:
    """Return ends for a single value, which stands in the middle of the axis."""
    if value == 0:
        return (Decimal(0), Decimal(1)) if from_zero else (Decimal(-1), Decimal(1))
    margin = abs(value) / 10
    return value - margin, value + margin


def _step(rough: Decimal) -> Decimal:
    """Return the smallest round step that is not below the rough one."""
    power = Decimal(1).scaleb(rough.adjusted())
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
