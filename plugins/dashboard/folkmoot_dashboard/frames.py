"""Observations to frames: by region, or by local authority within one. Pure functions.

Where a file has local authorities only, a region's value is their unweighted average, and says so wherever it stands.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from folkmoot.api import LONDON, N_
from folkmoot.api.figures import Comparison, Frame, Point, Series, Source, Unit
from folkmoot_dashboard.catalogue import Published
from folkmoot_dashboard.geography import COUNTRY, ENGLAND, LOCAL, REGION, geographies, not_counted_twice
from folkmoot_dashboard.models import Metric, Observation
from folkmoot_dashboard.values import as_decimal

Translate = Callable[[str], str]
AVERAGE = N_("Unweighted average of local authorities")
AVERAGE_CAVEAT = N_(
    "The source has no values for regions. Each is the unweighted average of its local authorities: "
    "an authority counts the same whatever its population, and one without a value is left out."
)


def figure_id(dataset: str, metric: str, period: str, region: str = "", breakdown: str = "") -> str:
    """Return the lasting key of a figure, fit for an address: ``carers_asc1_2021-22_e12000007``."""
    parts = [dataset, slugged(metric), period, region.lower()]
    return "_".join([part for part in parts if part] + ([f"by-{slugged(breakdown)}"] if breakdown else []))


def slugged(text: str) -> str:
    """Return lower-case letters, digits and hyphens in place of everything else."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    return "-".join(part for part in kept.split("-") if part)


def frame_of(
    published: Published,
    metric: Metric,
    period: tuple[str, str],
    observations: Sequence[Observation],
    _: Translate,
    *,
    region: str = "",
    breakdown: str = "",
) -> Frame | None:
    """Return the figure: the local authorities of a region when one is chosen, else regions, else countries.

    ``None`` when there is nothing to show at that level.
    """
    unit = Unit(metric.unit, metric.decimals)
    points, average = _points(observations, region, unit)
    if not points:
        return None
    words = _words(region, average, points, _)
    dataset = published.dataset
    updated = published.version.published_at or published.version.created_at
    return Frame(
        key=figure_id(dataset.slug, metric.key, period[0], region, breakdown),
        title=", ".join(
            [metric.name, *([geographies()[region].name] if region else []), *([breakdown] if breakdown else [])]
        ),
        question=words[0],
        unit=Unit("" if unit.label == "%" else unit.label, unit.decimals, suffix="%" if unit.label == "%" else ""),
        dimension=words[1],
        series=(Series(_(AVERAGE) if average else _("Value"), tuple(points)),),
        period=period[1],
        source=Source(dataset.source_name or _("not stated"), dataset.source_url, dataset.licence),
        updated=updated.astimezone(LONDON).date(),
        caveats=(_(AVERAGE_CAVEAT),) if average else (),
        comparison=_england(observations),
    )


def _words(region: str, average: bool, points: Sequence[Point], _: Translate) -> tuple[str, str]:
    """Return the question that the figure answers, and what its rows are."""
    if region:
        return _("How does it differ between local authorities?"), _("Local authority")
    if points and geographies()[points[0].key].level == COUNTRY and not average:
        return _("How does it differ between countries?"), _("Country")
    return _("How does it differ between regions?"), _("Region")


def _points(observations: Sequence[Observation], region: str, unit: Unit) -> tuple[list[Point], bool]:
    """Return the points and whether they are averages."""
    local = [one for one in observations if one.geography_level in LOCAL]
    if region:
        return [_point(one) for one in _by_name(one for one in local if one.region_code == region)], False
    regions = [one for one in observations if one.geography_level == REGION]
    if regions:
        return [_point(one) for one in sorted(regions, key=lambda one: one.geography_code)], False
    if local:
        return averages(local, unit), True
    return [_point(one) for one in _by_name(observations)], False


def _by_name(observations: Iterable[Observation]) -> list[Observation]:
    return sorted(observations, key=lambda one: (one.geography_name, one.geography_code))


def _point(one: Observation) -> Point:
    value = as_decimal(one.value) if one.value is not None else None
    return Point(one.geography_name, one.geography_code, value, frozenset(one.marks))


def averages(local: Sequence[Observation], unit: Unit) -> list[Point]:
    """Return the unweighted average of the local authorities of each region, as exact as the unit shows it."""
    counted = not_counted_twice(one.geography_code for one in local)
    step = Decimal(1).scaleb(-unit.decimals)
    points = []
    for code in sorted({one.region_code for one in local}):
        own = [one for one in local if one.region_code == code and one.geography_code in counted]
        known = [as_decimal(one.value) for one in own if one.value is not None]
        mean = (sum(known, Decimal(0)) / len(known)).quantize(step, ROUND_HALF_EVEN) if known else None
        points.append(Point(geographies()[code].name, code, mean))
    return points


def _england(observations: Sequence[Observation]) -> Comparison | None:
    england = next((one for one in observations if one.geography_code == ENGLAND), None)
    if england is None or england.value is None or len(observations) == 1:
        return None
    return Comparison(england.geography_name, as_decimal(england.value))
