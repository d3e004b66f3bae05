"""The frame as bars or lines in SVG: attributes and classes only, so that it passes a strict content policy.

Text is 14 units high and the drawing at least 320 units wide: at 320 CSS pixels it reads at 14 px.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from markupsafe import Markup

from .files import plain
from .frame import Frame, InvalidFrame
from .labels import estimated_width, id_for, wrapped
from .scale import Scale, scale
from .sentences import sentence
from .templating import Translate, render

Kind = Literal["bar", "line"]

# Each at least 3:1 against white; told apart by pattern (bars) or marker and dashes (lines) as well.
COLOURS = ("#12436d", "#b8430b", "#801650", "#1c7a72")
_TEXT = 14
_LINE = 18
_BAR = 16
_PLOT = 220
_SPACE = 6


def svg(frame: Frame, kind: Kind, _: Translate = str, *, width: int = 320) -> Markup:
    """Return an accessible SVG of the frame.

    Every bar or marker carries `data-series`, `data-key` and its exact value as `data-value`; a missing value is
    drawn as its marks.

    :param width: units of the drawing, 320 or more: the page width in CSS pixels at which text is 14 px high.
    :raises InvalidFrame: for more than four series, which nobody can tell apart.
    """
    if len(frame.series) > len(COLOURS):
        raise InvalidFrame("A chart shows at most four series; show more as a table.")
    context = _bars(frame, width) if kind == "bar" else _lines(frame, width)
    return render(
        f"{kind}.svg",
        id=id_for(frame, kind, width),
        frame=frame,
        sentence=sentence(frame, _),
        width=width,
        colours=COLOURS,
        several=len(frame.series) > 1,
        legend=_legend(frame, _, width),
        **context,
    )


def _legend(frame: Frame, _: Translate, width: int) -> list[tuple[int | None, int, str]]:
    """Return (index of the series or None for the comparison, y, words); one line each, cut to the width."""
    entries: list[tuple[int | None, str]] = []
    if len(frame.series) > 1:
        entries = list(enumerate(series.label for series in frame.series))
    if frame.comparison:
        words = _("{label}: {value}").format(
            label=frame.comparison.label, value=frame.unit.text(frame.comparison.value)
        )
        entries.append((None, words))
    return [(index, _LINE * row + _TEXT, wrapped(text, width - 36, 1)[0]) for row, (index, text) in enumerate(entries)]


def _top(frame: Frame) -> int:
    """Return the height of the legend."""
    lines = (len(frame.series) if len(frame.series) > 1 else 0) + (frame.comparison is not None)
    return _LINE * lines + _SPACE


def _values(frame: Frame) -> list[Decimal]:
    values = [point.value for point in frame.points if point.value is not None]
    return [*values, frame.comparison.value] if frame.comparison else values


def _bars(frame: Frame, width: int) -> dict[str, object]:
    texts = [[frame.shown(point) for point in series.points] for series in frame.series]
    column = min(max(estimated_width(text) for row in texts for text in row), width // 2)
    room = width - column - 2 * _SPACE
    axis = scale(_values(frame), from_zero=True)
    zero = axis.share(Decimal(0)) * room
    y = _top(frame)
    groups = []
    for at, first in enumerate(frame.series[0].points):
        lines = wrapped(first.label, width, 3)
        labels = [(y + _TEXT + _LINE * row, line) for row, line in enumerate(lines)]
        y += _LINE * len(lines) + 2
        bars = []
        for index, series in enumerate(frame.series):
            point = series.points[at]
            end = zero if point.value is None else axis.share(point.value) * room
            drawn = (f"{min(zero, end):.1f}", f"{abs(end - zero):.1f}") if point.value is not None else None
            text = texts[index][at]
            bars.append((index, point, plain(point.value), drawn, y, text, _squeeze(text, column)))
            y += _BAR + 2
        # The axis and the comparison run beside the bars only: through the labels they would strike words out.
        groups.append((labels, bars, f"{bars[0][4] - 1}V{y - 1}"))
        y += _SPACE
    compared = f"{axis.share(frame.comparison.value) * room:.1f}" if frame.comparison else None
    return {"groups": groups, "zero": f"{zero:.1f}", "height": y, "compared": compared, "bar": _BAR}


def _squeeze(text: str, room: int) -> int | None:
    """Return the width to press a text into when it would not fit, else None."""
    return room if estimated_width(text) > room else None


def _lines(frame: Frame, width: int) -> dict[str, object]:
    axis = scale(_values(frame), from_zero=False)
    top = _top(frame) + _LINE
    decimals = max(axis.decimals, frame.unit.decimals if axis.decimals else 0)
    grid = [(f"{_y(axis, tick, top):.1f}", frame.unit.text(tick, decimals)) for tick in axis.ticks]
    column = min(max(estimated_width(text) for _place, text in grid), width // 3)
    left, right = column + 16.0, width - 12.0
    count = len(frame.series[0].points)
    step = (right - left) / (count - 1) if count > 1 else 0.0
    places = [left + step * at if count > 1 else (left + right) / 2 for at in range(count)]
    series = [_line(frame, index, places, axis, top) for index in range(len(frame.series))]
    return {
        "grid": [(y, text, _squeeze(text, column)) for y, text in grid],
        "column": column,
        "lines": series,
        "labels": _time_labels([point.label for point in frame.series[0].points], places, width),
        "base": top + _PLOT,
        "height": top + _PLOT + _LINE + 2 * _SPACE,
        "compared": f"{_y(axis, frame.comparison.value, top):.1f}" if frame.comparison else None,
    }


def _y(axis: Scale, value: Decimal, top: int) -> float:
    return top + (1 - axis.share(value)) * _PLOT


def _line(frame: Frame, index: int, places: Sequence[float], axis: Scale, top: int) -> dict[str, object]:
    """Return one series: its path, broken where a value is missing, its markers, and the marks of what is missing."""
    path: list[str] = []
    markers, missing = [], []
    drawing, free = False, float("-inf")
    for point, x in zip(frame.series[index].points, places, strict=True):
        if point.value is None:
            # Neighbours that would overlap share one mark; each still says in its data that it is missing.
            text = point.suffix if x >= free else ""
            free = x + estimated_width(point.suffix) if text else free
            missing.append((f"{x:.1f}", top + _PLOT - 4 - _LINE * index, point, text))
        else:
            y = _y(axis, point.value, top)
            path.append(f"{'L' if drawing else 'M'}{x:.1f} {y:.1f}")
            markers.append((f"{x:.1f}", f"{y:.1f}", point, plain(point.value), frame.shown(point)))
        drawing = point.value is not None
    return {"index": index, "path": "".join(path), "markers": markers, "missing": missing}


def _time_labels(labels: Sequence[str], places: Sequence[float], width: int) -> list[tuple[str, str, str]]:
    """Return (x, anchor, label) for the first and last point and as many between as stand clear of each other."""
    short = [wrapped(label, width // 2 - _SPACE, 1)[0] for label in labels]
    if len(labels) == 1:
        return [(f"{places[0]:.1f}", "middle", short[0])]
    end = width - estimated_width(short[-1]) - 2 * _SPACE
    half = estimated_width(short[0]) / 2
    middle = max(places[0], half)
    chosen = [(f"{middle:.1f}", "middle", short[0])]
    free = middle + half + 2 * _SPACE
    for label, x in zip(short[1:-1], places[1:-1], strict=True):
        half = estimated_width(label) / 2
        if x - half >= free and x + half <= end:
            chosen.append((f"{x:.1f}", "middle", label))
            free = x + half + 2 * _SPACE
    return [*chosen, (str(width), "end", short[-1])]
