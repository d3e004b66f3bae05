"""Sentences say what the values say."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.figures import Frame, Point, Series, sentence


def test_highest_lowest_range_comparison_and_missing(regions: Frame) -> None:
    assert sentence(regions) == (
        "Highest: 7.5 (North East). Lowest: 7.1 (East Midlands, West Midlands). The range was 0.4. "
        "England was 7.3: 1 above it, 4 below, 3 the same. 1 of 9 values are missing."
    )


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (("7.0", "7.4"), "The value rose by 0.4, from 7.0 in North East to 7.4 in North West."),
        (("7.4", "7.0"), "The value fell by 0.4, from 7.4"),
        (("7.01", "7.04"), "The value was 7.0 in North West, the same as in North East. All 2 values were 7.0."),
        ((None, None), "No values are available."),
        (("3", None), "North East was 3.0. 1 of 2 values are missing."),
    ],
)
def test_direction_over_time_is_that_of_the_values_as_shown(
    frame_of: Callable[..., Frame], numbers: tuple[str | None, ...], words: str
) -> None:
    assert sentence(frame_of(*numbers, over_time=True)).startswith(words)


def test_the_range_is_what_a_reader_gets_by_subtracting(frame_of: Callable[..., Frame]) -> None:
    # 7.26 and 7.04 differ by 0.22 unrounded, but 7.3 less 7.0 is 0.3.
    assert "The range was 0.3." in sentence(frame_of("7.26", "7.04"))


def test_many_that_tie_are_counted_not_listed(frame_of: Callable[..., Frame]) -> None:
    assert "Highest: 5.0 (North East and 4 others)" in sentence(frame_of("5", "5", "5", "5", "5", "1"))


def test_a_break_in_the_series_is_said(frame_of: Callable[..., Frame]) -> None:
    points = (Point("2020", "1", Decimal(1)), Point("2021", "2", Decimal(2), frozenset("b")))
    assert "break in the series" in sentence(frame_of("1", series=(Series("A", points),), over_time=True))


def test_several_series_are_named(frame_of: Callable[..., Frame]) -> None:
    points = frame_of("1", "2").series[0].points
    words = sentence(frame_of("1", series=(Series("Men", points), Series("Women", points))))
    assert words.startswith("Men: Highest: 2.0")
    assert " Women: Highest: 2.0" in words


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_frame_has_a_sentence_and_every_part_is_translated(
    frames: st.SearchStrategy[Frame], data: st.DataObject
) -> None:
    frame = data.draw(frames)
    assert sentence(frame)
    assert sentence(frame, lambda _message: "¶").replace(" ", "").strip("¶") == ""
