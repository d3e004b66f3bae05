"""The figure in one or two sentences, worked out from the values as they are shown."""

from collections.abc import Sequence
from decimal import Decimal

from .frame import Comparison, Frame, Point, Series, Unit
from .templating import Translate


def sentence(frame: Frame, _: Translate = str) -> str:
    """Return sentences on direction (over time), highest, lowest, range, comparison and missing values.

    Differences are taken between rounded values, so that a reader who subtracts what is shown gets the same.
    """
    several = len(frame.series) > 1
    parts = []
    for series in frame.series:
        words = " ".join(_series(frame, series, _))
        parts.append(_("{series}: {sentences}").format(series=series.label, sentences=words) if several else words)
    if any("b" in point.marks for point in frame.points):
        parts.append(_("There is a break in the series: values before and after it may not compare."))
    return " ".join(parts)


def _series(frame: Frame, series: Series, _: Translate) -> list[str]:
    unit = frame.unit
    known = [(point, unit.rounded(point.value)) for point in series.points if point.value is not None]
    missing = len(series.points) - len(known)
    if not known:
        return [_("No values are available.")]
    found = [_direction(unit, known, _)] if frame.over_time and len(known) > 1 else []
    found.append(_extremes(unit, known, _))
    if frame.comparison and not frame.over_time:
        found.append(_compared(unit, known, frame.comparison, _))
    if missing:
        found.append(_("{missing} of {total} values are missing.").format(missing=missing, total=len(series.points)))
    return found


def _direction(unit: Unit, known: Sequence[tuple[Point, Decimal]], _: Translate) -> str:
    (first, start), (last, end) = known[0], known[-1]
    names = {"first": first.label, "last": last.label, "start": unit.text(start), "end": unit.text(end)}
    if start == end:
        return _("The value was {end} in {last}, the same as in {first}.").format(**names)
    change = unit.text(abs(end - start))
    if end > start:
        return _("The value rose by {change}, from {start} in {first} to {end} in {last}.").format(
            change=change, **names
        )
    return _("The value fell by {change}, from {start} in {first} to {end} in {last}.").format(change=change, **names)


def _extremes(unit: Unit, known: Sequence[tuple[Point, Decimal]], _: Translate) -> str:
    values = [value for _point, value in known]
    highest, lowest = max(values), min(values)
    if len(known) == 1:
        return _("{label} was {value}.").format(label=known[0][0].label, value=unit.text(highest))
    if highest == lowest:
        return _("All {count} values were {value}.").format(count=len(known), value=unit.text(highest))
    return _("Highest: {highest} ({most}). Lowest: {lowest} ({least}). The range was {range}.").format(
        highest=unit.text(highest),
        most=_labels([point.label for point, value in known if value == highest], _),
        lowest=unit.text(lowest),
        least=_labels([point.label for point, value in known if value == lowest], _),
        range=unit.text(highest - lowest),
    )


def _labels(labels: list[str], _: Translate) -> str:
    if len(labels) <= 3:
        return ", ".join(labels)
    return _("{first} and {others} others").format(first=labels[0], others=len(labels) - 1)


def _compared(unit: Unit, known: Sequence[tuple[Point, Decimal]], comparison: Comparison, _: Translate) -> str:
    middle = unit.rounded(comparison.value)
    return _("{label} was {value}: {above} above it, {below} below, {same} the same.").format(
        label=comparison.label,
        value=unit.text(middle),
        above=sum(value > middle for _point, value in known),
        below=sum(value < middle for _point, value in known),
        same=sum(value == middle for _point, value in known),
    )
