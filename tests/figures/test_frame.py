"""A frame refuses what cannot be shown truthfully, and writes values as readers see them."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from folkmoot.figures import Frame, InvalidFrame, Point, Series, Unit


@pytest.mark.parametrize(
    ("value", "text"),
    [("1234.56", "£1,234.6m"), ("-3.25", "−£3.2m"), ("-0.04", "£0.0m"), ("0", "£0.0m"), ("1E+3", "£1,000.0m")],
)
def test_values_are_written_with_a_real_minus_and_no_negative_nought(value: str, text: str) -> None:
    assert Unit("£ million", 1, "£", "m").text(Decimal(value)) == text


def test_a_point_shows_value_and_marks_and_a_missing_one_is_never_nought(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of("1")
    assert frame.shown(Point("a", "a", Decimal("7.6"), frozenset("rp"))) == "7.6 [p][r]"
    assert frame.shown(Point("a", "a", None, frozenset("c"))) == "[c]"
    assert frame.shown(Point("a", "a", None)) == "[x]"


@pytest.mark.parametrize(
    ("series", "words"),
    [
        ((), "at least one series"),
        ((Series("A", ()),), "at least one series"),
        ((Series("A", (Point("a", "k", None), Point("b", "k", None))),), "key of its own"),
        ((Series("A", (Point("a", "k", None),)), Series("A", (Point("a", "k", None),))), "label of its own"),
        ((Series("A", (Point("a", "k", None),)), Series("B", (Point("a", "j", None),))), "same points"),
        ((Series("A", (Point("a", "k", Decimal("NaN")),)),), "not a number"),
        ((Series("A", (Point("a", "k", Decimal("Infinity")),)),), "not a number"),
        ((Series("A", (Point("a", "k", Decimal("1e18")),)),), "not a number"),
        ((Series("A", (Point("a", "k", Decimal("1e-21")),)),), "not a number"),
        ((Series("A", (Point("a", "k", None, frozenset("q")),)),), "Analysis Function"),
    ],
)
def test_what_no_chart_could_show_truthfully_is_refused(
    frame_of: Callable[..., Frame], series: tuple[Series, ...], words: str
) -> None:
    with pytest.raises(InvalidFrame, match=words):
        frame_of("1", series=series)
