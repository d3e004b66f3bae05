"""The table and the files around the values."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.figures import Frame, Point, Series, Source, csv_text, table


def test_a_table_has_caption_scopes_numeric_cells_and_comparison(regions: Frame) -> None:
    html = table(regions)
    assert "Quality of life, 2021-22</caption>" in html
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 10
    assert html.count("govuk-table__cell--numeric") == 10
    assert "England</th>" in html


def test_marks_are_explained_below_and_only_those_that_occur(frame_of: Callable[..., Frame]) -> None:
    points = (Point("a", "1", Decimal(1), frozenset("pe")), Point("b", "2", None))
    html = table(frame_of("1", series=(Series("A", points),)))
    assert "1.0 [e][p]" in html
    for words in ("[e] estimated", "[p] provisional", "[x] not available"):
        assert words in html
    assert "[c]" not in html


def test_source_licence_and_date_are_stated(regions: Frame) -> None:
    html = table(regions)
    assert '<a class="govuk-link" href="https://example.org">A body</a> (OGL). Updated 3 May 2026.' in html


def test_a_source_that_is_no_web_address_is_not_linked(regions: Frame) -> None:
    assert "<a " not in table(replace(regions, source=Source("A body", "javascript:alert(1)")))


def test_labels_are_escaped(regions: Frame) -> None:
    html = table(replace(regions, title="<script>alert(1)</script>", caveats=("<b>",)))
    assert "<script" not in html
    assert "&lt;b&gt;" in html


def test_text_that_a_spreadsheet_might_run_is_disarmed_and_numbers_are_not(frame_of: Callable[..., Frame]) -> None:
    points = tuple(
        Point(label, str(at), Decimal(-1)) for at, label in enumerate(["=1+1", "+a", "-b", "@c", "\td", "\re"])
    )
    rows = list(csv.reader(io.StringIO(csv_text(frame_of("1", series=(Series("=A", points),))), newline="")))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'+a", "'-b", "'@c", "'\td", "'\re"]
    assert {(row[2], row[3]) for row in rows[1:]} == {("'=A", "-1")}


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_text_cell_of_any_file_begins_like_a_formula(frames: st.SearchStrategy[Frame], data: st.DataObject) -> None:
    rows = list(csv.reader(io.StringIO(csv_text(data.draw(frames)), newline="")))
    texts = [cell for row in rows for at, cell in enumerate(row) if at != 3] + [rows[0][3]]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text in texts)
