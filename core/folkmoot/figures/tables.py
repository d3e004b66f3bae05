"""The frame as a GOV.UK table."""

from datetime import date

from markupsafe import Markup

from .files import plain
from .frame import MARKS, Frame
from .templating import Translate, render


def table(frame: Frame, _: Translate = str) -> Markup:
    """Return a table with caption, header cells with scope, numbers to the right, and below it marks and source.

    Each cell with a value carries it exactly as `data-value`, as the bars and markers of the chart do.
    """
    columns = list(zip(*(series.points for series in frame.series), strict=True))
    rows = [
        (points[0].label, [(frame.shown(point), plain(point.value), point.key) for point in points])
        for points in columns
    ]
    comparison = frame.comparison
    return render(
        "table.html",
        frame=frame,
        rows=rows,
        comparison=(comparison.label, frame.unit.text(comparison.value)) if comparison else None,
        marks=[(mark, _(MARKS[mark])) for mark in frame.marks],
        updated=_day(frame.updated, _),
        linked=frame.source.url.startswith(("https://", "http://")),
        _=_,
    )


def _day(day: date, _: Translate) -> str:
    months = (
        _("January"),
        _("February"),
        _("March"),
        _("April"),
        _("May"),
        _("June"),
        _("July"),
        _("August"),
        _("September"),
        _("October"),
        _("November"),
        _("December"),
    )
    return f"{day.day} {months[day.month - 1]} {day.year}"
