"""The frame as files."""

import csv
import io
from decimal import Decimal

from .frame import Frame, Point
from .templating import Translate

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: Frame, _: Translate = str) -> str:
    """Return a CSV with a header and one line per value: label, key, series, value, marks (lines end CR LF).

    Values are bare numbers, empty when missing. A text cell that a spreadsheet might run as a formula gets a leading
    apostrophe; numbers never do.
    """
    file = io.StringIO()
    writer = csv.writer(file)
    header = [frame.dimension, _("Code"), _("Series"), frame.unit.label or _("Value"), _("Marks")]
    writer.writerow([_cell(name) for name in header])
    for series in frame.series:
        for point in series.points:
            words = [_cell(text) for text in (point.label, point.key, series.label)]
            writer.writerow([*words, plain(point.value), point.suffix])
    return file.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain(value: Decimal | None) -> str:
    """Return the exact value for machines, without exponent or separators; "" for a missing value."""
    return "" if value is None else format(value, "f")


def json_data(frame: Frame) -> dict[str, object]:
    """Return the frame as plain JSON types. `value` is a number or null, `exact` the same without any rounding."""
    comparison = frame.comparison
    return {
        "key": frame.key,
        "title": frame.title,
        "question": frame.question,
        "unit": frame.unit.label,
        "dimension": frame.dimension,
        "period": frame.period,
        "updated": frame.updated.isoformat(),
        "source": {"name": frame.source.name, "url": frame.source.url, "licence": frame.source.licence},
        "caveats": list(frame.caveats),
        "comparison": {"label": comparison.label, "value": _number(comparison.value)} if comparison else None,
        "series": [
            {"label": series.label, "points": [_point(frame, point) for point in series.points]}
            for series in frame.series
        ],
    }


def _point(frame: Frame, point: Point) -> dict[str, object]:
    return {
        "key": point.key,
        "label": point.label,
        "value": None if point.value is None else _number(point.value),
        "exact": plain(point.value),
        "text": frame.shown(point),
        "marks": sorted(point.marks),
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
