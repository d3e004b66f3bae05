"""One frame, one truth: the chart, the table and the files carry the same values."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.figures import Frame, Kind, Series, csv_text, json_data, svg, table, tile_grid

SVG = "{http://www.w3.org/2000/svg}"
Shown = dict[tuple[str, str], tuple[str, str]]


def in_chart(drawing: str) -> Shown:
    """Return (exact value, text) by series and key from a parsed SVG; the text is its label or its tooltip."""
    found: Shown = {}
    for group in ET.fromstring(drawing).iter(f"{SVG}g"):
        title = group.findtext(f"{SVG}title") or ""
        place = (group.attrib["data-series"], group.attrib["data-key"])
        assert place not in found
        found[place] = (group.attrib["data-value"], title.rsplit(": ", 1)[1])
    return found


def in_table(html: str) -> Shown:
    """Return (exact value, text) by series and key from a parsed table."""
    cells = ET.fromstring(f"<div>{html}</div>").iter("td")
    return {
        (cell.attrib["data-series"], cell.attrib["data-key"]): (cell.attrib["data-value"], cell.text or "")
        for cell in cells
        if "data-key" in cell.attrib
    }


def in_frame(frame: Frame) -> Shown:
    return {
        (str(index), point.key): ("" if point.value is None else format(point.value, "f"), frame.shown(point))
        for index, series in enumerate(frame.series)
        for point in series.points
    }


@pytest.mark.parametrize("kind", ["bar", "line"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_chart_and_table_carry_the_values_of_the_frame(
    kind: Kind, frames: st.SearchStrategy[Frame], data: st.DataObject
) -> None:
    frame = data.draw(frames)
    assert in_chart(svg(frame, kind)) == in_table(table(frame)) == in_frame(frame)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_files_carry_the_values_of_the_frame(frames: st.SearchStrategy[Frame], data: st.DataObject) -> None:
    frame = data.draw(frames)
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline="")))[1:]
    points = [point for series in frame.series for point in series.points]
    assert [row[3] for row in rows] == ["" if point.value is None else format(point.value, "f") for point in points]
    loaded = json.loads(json.dumps(json_data(frame)))
    exact = [item["exact"] for series in loaded["series"] for item in series["points"]]
    assert exact == [row[3] for row in rows]


def test_the_visible_label_of_a_bar_is_the_text_of_its_cell(regions: Frame) -> None:
    drawing = ET.fromstring(svg(regions, "bar"))
    labels = [group.findtext(f"{SVG}text") for group in drawing.iter(f"{SVG}g")]
    assert labels == [text for _value, text in in_table(table(regions)).values()]
    assert "[x]" in labels


def test_the_length_of_a_bar_is_in_proportion_to_its_value(frame_of: Callable[..., Frame]) -> None:
    bars = list(ET.fromstring(svg(frame_of("2", "-1", "4"), "bar")).iter(f"{SVG}rect"))
    widths = [float(bar.attrib["width"]) for bar in bars]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    assert widths[2] == pytest.approx(2 * widths[0], abs=0.2)
    ends = [float(bar.attrib["x"]) for bar in bars]
    assert ends[1] + widths[1] == pytest.approx(ends[0], abs=0.2)


def test_the_height_of_a_marker_is_in_proportion_to_its_value(frame_of: Callable[..., Frame]) -> None:
    markers = list(ET.fromstring(svg(frame_of("1", "2", "4"), "line")).iter(f"{SVG}circle"))
    heights = [float(marker.attrib["cy"]) for marker in markers]
    assert heights[1] - heights[2] == pytest.approx(2 * (heights[0] - heights[1]), abs=0.2)


def test_tiles_carry_the_values_of_the_first_series(regions: Frame) -> None:
    assert in_chart(tile_grid(regions)) == in_frame(regions)


def test_this_comparison_notices_a_chart_that_is_wrong(regions: Frame) -> None:
    first = regions.series[0]
    wrong = replace(first.points[0], value=Decimal("7.6"))
    other = replace(regions, series=(Series(first.label, (wrong, *first.points[1:])),))
    assert in_chart(svg(other, "bar")) != in_table(table(regions))
