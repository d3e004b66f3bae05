"""What was read, turned into the next version of a dataset: rows that are saved together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from folkmoot.api import Change, Row, SiteSession, Unprocessable, new_id
from folkmoot_dashboard.models import Dataset, Metric, Observation, Version
from folkmoot_dashboard.reading import Observed
from folkmoot_dashboard.service import Facts, find_dataset, list_versions, parts_of
from folkmoot_dashboard.values import sensible_decimals


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version that is ready to be saved by ``change``, whole or not at all."""

    dataset_id: UUID
    number: str
    rows: int
    metrics: int
    places: int
    change: Change


async def prepare_version(
    session: SiteSession,
    facts: Facts,
    observed: Sequence[Observed],
    *,
    actor: str,
    now: datetime,
    notes: str = "",
    key: str | None = None,
) -> Loaded:
    """Return the next version of a dataset, with the rows of the dataset and of metrics where they are new.

    The number goes up by 1.0 when something that the last published version had is not there any more, else by 0.1.

    :raises Unprocessable: when the dataset would be new and its facts have faults
    """
    dataset = await find_dataset(session, facts.slug)
    if dataset is None and (faults := facts.faults()):
        raise Unprocessable(faults)
    rows: list[Row] = []
    dataset_id = dataset.id if dataset else new_id()
    if dataset is None:
        rows.append(Row.of(Dataset, session.site_id, id=dataset_id, **facts.values(now)))
    metric_ids = {metric.key: metric.id for metric in (await session.exec(select(Metric))).all()}
    for row in _new_metrics(session.site_id, observed, set(metric_ids)):
        metric_ids[row.values["key"]] = row.values["id"]
        rows.append(row)
    version_id = new_id()
    number = await _next_number(session, dataset_id, observed)
    rows.append(_version_row(session.site_id, version_id, dataset_id, number, observed, now, notes, key))
    rows += [_observation(session.site_id, version_id, metric_ids[one.metric], one) for one in observed]
    change = Change(
        session.site_id, tuple(rows), "dashboard.version_loaded", version_id, actor, f"{facts.slug} {number}"
    )
    metrics, places = {one.metric for one in observed}, {one.geography.code for one in observed}
    return Loaded(dataset_id, number, len(observed), len(metrics), len(places), change)


def _new_metrics(site_id: UUID, observed: Sequence[Observed], known: set[str]) -> list[Row]:
    named: dict[str, Observed] = {}
    values: dict[str, list[str]] = {}
    for one in observed:
        if one.metric not in known:
            named.setdefault(one.metric, one)
            values.setdefault(one.metric, []).extend([one.value] if one.value is not None else [])
    return [
        Row.of(Metric, site_id, key=key, name=one.metric_name, unit=one.unit, decimals=sensible_decimals(values[key]))
        for key, one in named.items()
    ]


def _version_row(
    site_id: UUID,
    version_id: UUID,
    dataset_id: UUID,
    number: str,
    observed: Sequence[Observed],
    now: datetime,
    notes: str,
    key: str | None,
) -> Row:
    dimensions = list(dict.fromkeys(name for one in observed for name in one.dimensions))
    return Row.of(
        Version,
        site_id,
        id=version_id,
        dataset_id=dataset_id,
        number=number,
        notes=notes,
        rows=len(observed),
        columns=["period", "geography_code", "geography_name", "metric", *dimensions, "value", "marks"],
        contents=contents_of(observed),
        created_at=now,
        published_at=None,
        idempotency_key=key,
    )


def contents_of(observed: Sequence[Observed]) -> dict[str, object]:
    """Return what is in a version by metric: periods in order of time, and breakdowns as the file has them."""
    contents: dict[str, object] = {}
    for metric in dict.fromkeys(one.metric for one in observed):
        own = [one for one in observed if one.metric == metric]
        periods = {one.period.key: one.period for one in own}
        ordered = sorted(periods.values(), key=lambda period: (period.start, period.end))
        breakdowns = list(dict.fromkeys(one.breakdown for one in own))
        contents[metric] = {"periods": [[p.key, p.label] for p in ordered], "breakdowns": breakdowns}
    return contents


def _observation(site_id: UUID, version_id: UUID, metric_id: UUID, one: Observed) -> Row:
    return Row.of(
        Observation,
        site_id,
        version_id=version_id,
        metric_id=metric_id,
        position=one.row,
        geography_code=one.geography.code,
        geography_name=one.geography.name,
        geography_level=one.geography.level,
        region_code=one.geography.region,
        period_key=one.period.key,
        period_label=one.period.label,
        period_start=one.period.start,
        dimensions=dict(one.dimensions),
        breakdown=one.breakdown,
        value=one.value,
        marks=list(one.marks),
    )


async def _next_number(session: SiteSession, dataset_id: UUID, observed: Sequence[Observed]) -> str:
    versions = await list_versions(session, dataset_id)
    if not versions:
        return "1.0"
    major, minor = max(parts_of(version.number) for version in versions)
    published = next((version for version in versions if version.published_at), None)
    if published and await _keys_of(session, published) - {_key(one) for one in observed}:
        return f"{major + 1}.0"
    return f"{major}.{minor + 1}"


def _key(one: Observed) -> tuple[str, str, str, str]:
    return one.metric, one.geography.code, one.period.key, one.breakdown


async def _keys_of(session: SiteSession, version: Version) -> set[tuple[str, str, str, str]]:
    metrics = {metric.id: metric.key for metric in (await session.exec(select(Metric))).all()}
    query = select(Observation).where(Observation.version_id == version.id)
    return {
        (metrics[row.metric_id], row.geography_code, row.period_key, row.breakdown)
        for row in (await session.exec(query)).all()
    }
