"""Charts are accessible, safe under a strict content policy, and legible."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.figures import Frame, InvalidFrame, Kind, Point, Series, svg, tile_grid
from folkmoot.figures.charts import COLOURS
from folkmoot.figures.tiles import CLASSES

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def every_drawing(frame: Frame) -> list[str]:
    return [str(svg(frame, "bar")), str(svg(frame, "line"))]


def test_colours_keep_three_to_one_against_the_page() -> None:
    assert all(contrast(colour, "#ffffff") >= 3 for colour in COLOURS)


def test_text_on_tiles_keeps_four_and_a_half_to_one() -> None:
    assert all(contrast(fill, ink) >= 4.5 for fill, ink in CLASSES)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_style_script_or_handler_whatever_the_labels(frames: st.SearchStrategy[Frame], data: st.DataObject) -> None:
    for drawing in every_drawing(data.draw(frames)):
        root = ET.fromstring(drawing)
        for element in root.iter():
            assert element.tag.removeprefix(SVG) not in ("style", "script", "foreignObject", "image")
            assert not any(name == "style" or name.startswith("on") for name in element.attrib)
        ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
        assert len(set(ids)) == len(ids)


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_everything_is_drawn_inside_the_picture(frames: st.SearchStrategy[Frame], data: st.DataObject) -> None:
    for drawing in every_drawing(data.draw(frames)):
        root = ET.fromstring(drawing)
        width, height = (float(number) for number in root.attrib["viewBox"].split()[2:])
        for rect in (rect for group in root.iter(f"{SVG}g") for rect in group.iter(f"{SVG}rect")):
            x, y = float(rect.attrib["x"]), float(rect.attrib["y"])
            assert 0 <= x <= x + float(rect.attrib["width"]) <= width
            assert 0 <= y <= y + float(rect.attrib["height"]) <= height
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.attrib["x"]) <= width
            assert 0 < float(text.attrib["y"]) <= height


@pytest.mark.parametrize("kind", ["bar", "line"])
def test_a_chart_is_an_image_with_title_description_and_width(regions: Frame, kind: Kind) -> None:
    root = ET.fromstring(svg(regions, kind))
    assert (root.attrib["role"], root.attrib["width"], root.attrib["font-size"]) == ("img", "100%", "14")
    assert root.attrib["viewBox"].startswith("0 0 320 ")
    title, description = root[0], root[1]
    assert root.attrib["aria-labelledby"] == title.attrib["id"]
    assert root.attrib["aria-describedby"] == description.attrib["id"]
    assert title.text == regions.title
    assert "Highest: 7.5 (North East)" in (description.text or "")


def test_four_series_differ_by_pattern_or_marker_as_well_as_colour(frame_of: Callable[..., Frame]) -> None:
    points = frame_of("1", "2").series[0].points
    frame = frame_of("1", "2", series=tuple(Series(name, points) for name in "ABCD"))
    bars = ET.fromstring(svg(frame, "bar"))
    fills = {rect.attrib["fill"] for group in bars.iter(f"{SVG}g") for rect in group.iter(f"{SVG}rect")}
    patterns = {f"url(#{pattern.attrib['id']})" for pattern in bars.iter(f"{SVG}pattern")}
    assert len(fills) == 4
    assert fills - {COLOURS[0]} == patterns
    lines = str(svg(frame, "line"))
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', lines))) == 3


def test_more_than_four_series_are_refused(frame_of: Callable[..., Frame]) -> None:
    points = frame_of("1").series[0].points
    with pytest.raises(InvalidFrame, match="at most four"):
        svg(frame_of("1", series=tuple(Series(name, points) for name in "ABCDE")), "bar")


def test_a_missing_value_breaks_the_line_and_shows_its_mark(frame_of: Callable[..., Frame]) -> None:
    root = ET.fromstring(svg(frame_of("1", None, "3", "4"), "line"))
    path = next(path for path in root.iter(f"{SVG}path") if path.attrib.get("fill") == "none")
    assert [step[0] for step in re.findall(r"[ML][^ML]+", path.attrib["d"])] == ["M", "M", "L"]
    assert "[x]" in [text.text for text in root.iter(f"{SVG}text")]


def test_labels_of_time_do_not_touch(frame_of: Callable[..., Frame]) -> None:
    points = tuple(Point(str(1900 + at), str(at), Decimal(at)) for at in range(160))
    root = ET.fromstring(svg(frame_of("1", series=(Series("A", points),), over_time=True), "line"))
    middles = [
        float(text.attrib["x"]) for text in root.iter(f"{SVG}text") if text.attrib.get("text-anchor") == "middle"
    ]
    assert len(middles) >= 3
    assert all(right - left >= 4 * 8 for left, right in pairwise(middles))


def test_two_kinds_of_one_figure_share_no_id_on_a_page(regions: Frame) -> None:
    ids = re.findall(r' id="([^"]+)"', svg(regions, "bar") + svg(regions, "line") + tile_grid(regions))
    assert len(set(ids)) == len(ids) == 6


def test_a_wider_drawing_keeps_the_size_of_its_text(regions: Frame) -> None:
    root = ET.fromstring(svg(regions, "bar", width=960))
    assert root.attrib["viewBox"].startswith("0 0 960 ")
    assert root.attrib["font-size"] == "14"


def test_words_in_a_chart_go_through_translation(regions: Frame) -> None:
    assert "CY:" in svg(regions, "bar", lambda message: f"CY:{message}")


def test_nine_tiles_do_not_overlap_and_stand_in_five_classes(regions: Frame) -> None:
    root = ET.fromstring(tile_grid(regions))
    rects = [rect for group in root.iter(f"{SVG}g") for rect in group.iter(f"{SVG}rect")]
    assert len({(rect.attrib["x"], rect.attrib["y"]) for rect in rects}) == 9
    assert {rect.attrib["class"] for rect in rects} == {
        "folkmoot-figure__no-value",
        *(f"folkmoot-figure__class-{number}" for number in (1, 2, 3, 5)),
    }


def test_tiles_that_read_the_same_have_one_colour(frame_of: Callable[..., Frame]) -> None:
    root = ET.fromstring(tile_grid(frame_of("7.31", "7.34", "7.30", "7.5", "7.0")))
    colours = [group.find(f"{SVG}rect").attrib["fill"] for group in root.iter(f"{SVG}g")]  # type: ignore[union-attr]
    assert colours[0] == colours[1] == colours[2]
    assert len(set(colours)) == 3


def test_a_map_of_what_is_no_region_is_refused(frame_of: Callable[..., Frame]) -> None:
    leeds = Point("Leeds", "E08000035", Decimal(1))
    with pytest.raises(InvalidFrame, match="Leeds"):
        tile_grid(frame_of("1", series=(Series("A", (leeds,)),)))
    twice = (Point("London", "a", Decimal(1)), Point("london", "b", Decimal(2)))
    with pytest.raises(InvalidFrame, match="same region"):
        tile_grid(frame_of("1", series=(Series("A", twice),)))


def test_tiles_may_lead_somewhere(regions: Frame) -> None:
    root = ET.fromstring(tile_grid(regions, links={"E12000007": "/dashboards/care?geo=E12000007"}))
    links = [link.attrib["href"] for link in root.iter(f"{SVG}a")]
    assert links == ["/dashboards/care?geo=E12000007"]
    assert root.attrib["role"] == "group"


def test_equal_and_all_missing_values_are_drawn(frame_of: Callable[..., Frame]) -> None:
    for frame in (frame_of("5", "5"), frame_of(None, None), frame_of("0"), frame_of("-1")):
        assert all(ET.fromstring(drawing).tag == f"{SVG}svg" for drawing in every_drawing(frame))
        assert ET.fromstring(tile_grid(replace(frame, comparison=None))).tag == f"{SVG}svg"
