"""The computed frame: everything a figure shows, worked out once."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# The symbols of the Government Analysis Function, with their meanings as message ids.
# https://analysisfunction.civilservice.gov.uk/policy-store/symbols-in-tables-definitions-and-help/
MARKS = {
    "b": "break in the series",
    "c": "confidential",
    "e": "estimated",
    "f": "forecast",
    "p": "provisional",
    "r": "revised",
    "u": "low reliability",
    "w": "none recorded",
    "x": "not available",
    "z": "not applicable",
}
LIMIT = Decimal(10) ** 18
DECIMALS = 20


class InvalidFrame(ValueError):
    """A frame that cannot be shown truthfully; the message says which rule it breaks."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How values are written: `Unit("£ million", 1, prefix="£", suffix="m")` writes 1234.5 as £1,234.5m."""

    label: str
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""

    def text(self, value: Decimal, decimals: int | None = None) -> str:
        """Return a value as readers see it, with a real minus sign and never "−0"."""
        number = f"{value.copy_abs():,.{self.decimals if decimals is None else decimals}f}"
        sign = "−" if value < 0 and number.strip("0.,") else ""
        return f"{sign}{self.prefix}{number}{self.suffix}"

    def rounded(self, value: Decimal) -> Decimal:
        """Return the value as precisely as `text` shows it, so that sentences agree with what is seen."""
        return Decimal(f"{value:.{self.decimals}f}") + 0


@dataclass(frozen=True, slots=True)
class Point:
    """One value. `value` None is a missing value, never a zero; its marks say why ([x] when none is given)."""

    label: str
    key: str
    value: Decimal | None
    marks: frozenset[str] = frozenset()

    @property
    def suffix(self) -> str:
        """Return the marks in brackets, such as "[e][p]"; "" for a plain value."""
        marks = self.marks or (frozenset() if self.value is not None else frozenset("x"))
        return "".join(f"[{mark}]" for mark in sorted(marks))


@dataclass(frozen=True, slots=True)
class Series:
    """Values that belong together: one line, or the bars of one pattern."""

    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values come from."""

    name: str
    url: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value that each point is held against, such as England as a whole."""

    label: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Frame:
    """A figure, computed. `over_time` says that the points follow one another in time.

    :raises InvalidFrame: unless each series has the same points in the same order, with different keys, and every
        value is a finite number below 10^18 with at most 20 decimals.
    """

    key: str
    title: str
    question: str
    unit: Unit
    dimension: str
    series: tuple[Series, ...]
    period: str
    source: Source
    updated: date
    caveats: tuple[str, ...] = ()
    comparison: Comparison | None = None
    over_time: bool = False

    def __post_init__(self) -> None:
        """Refuse what no chart or table could show truthfully."""
        if not self.series or not self.series[0].points:
            raise InvalidFrame("A figure has at least one series with at least one point.")
        if len({series.label for series in self.series}) < len(self.series):
            raise InvalidFrame("Each series of a figure has a label of its own.")
        keys = [point.key for point in self.series[0].points]
        if len(set(keys)) < len(keys):
            raise InvalidFrame("Each point of a series has a key of its own.")
        if any([point.key for point in series.points] != keys for series in self.series[1:]):
            raise InvalidFrame("Every series has the same points in the same order.")
        for point in self.points:
            _check(point)
        if self.comparison:
            _check(Point(self.comparison.label, "", self.comparison.value))

    @property
    def points(self) -> tuple[Point, ...]:
        """Return the points of all series."""
        return tuple(point for series in self.series for point in series.points)

    @property
    def marks(self) -> tuple[str, ...]:
        """Return the marks that readers meet in this figure, in alphabetical order."""
        return tuple(mark for mark in MARKS if any(f"[{mark}]" in point.suffix for point in self.points))

    def shown(self, point: Point) -> str:
        """Return what stands for a point wherever it is read: "7.6", "7.6 [p]" or "[x]"."""
        value = "" if point.value is None else self.unit.text(point.value)
        return f"{value} {point.suffix}".strip()


def _check(point: Point) -> None:
    if point.value is not None and not _drawable(point.value):
        raise InvalidFrame(f"The value of {point.label} is not a number below 10^18 with at most {DECIMALS} decimals.")
    if unknown := sorted(point.marks - MARKS.keys()):
        raise InvalidFrame(f"The mark [{unknown[0]}] of {point.label} is not one of the Analysis Function's.")


def _drawable(value: Decimal) -> bool:
    if not value.is_finite() or value.copy_abs() >= LIMIT:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -DECIMALS
