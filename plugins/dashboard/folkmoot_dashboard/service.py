"""What is done with datasets: create, load a version, publish it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from folkmoot.api import (
    N_,
    Change,
    Fault,
    NotFound,
    Refused,
    Row,
    SiteSession,
    Unprocessable,
    new_id,
    record_audit,
    touch,
)
from folkmoot_dashboard.models import Dataset, Metric, Observation, Version
from folkmoot_dashboard.reading import Observed
from folkmoot_dashboard.values import sensible_decimals

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")
PLUGIN = "dashboard"
NO_DATASET = N_("There is no such dataset.")
NO_VERSION = N_("There is no such version of the dataset.")
AT_ONCE = N_("Another version of this dataset was loaded at the same time: load yours again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is said of a dataset when it is made."""

    slug: str
    title: str = ""
    description: str = ""
    source_name: str = ""
    source_url: str = ""
    licence: str = ""

    def faults(self) -> list[Fault]:
        """Return what is wrong with them."""
        found = []
        if not SLUG.match(self.slug):
            found.append(Fault("slug", "The slug must be 1 to 60 lower-case letters, digits and hyphens."))
        if len(self.title) > 200:
            found.append(Fault("title", "The title must be 200 characters or fewer."))
        if self.source_url and not self.source_url.startswith(("https://", "http://")):
            found.append(Fault("source_url", "The address of the source must start with https:// or http://."))
        return found

    def values(self, now: datetime) -> dict[str, Any]:
        """Return the values of the row."""
        return {
            "slug": self.slug,
            "title": self.title or self.slug.replace("-", " ").capitalize(),
            "description": self.description,
            "source_name": self.source_name,
            "source_url": self.source_url,
            "licence": self.licence,
            "created_at": now,
        }


async def find_dataset(session: SiteSession, slug: str) -> Dataset | None:
    """Return the dataset of that slug, published or not."""
    return (await session.exec(select(Dataset).where(Dataset.slug == slug))).first()


async def create_dataset(session: SiteSession, facts: Facts, *, actor: str, now: datetime) -> Dataset:
    """Create an empty dataset, and commit; raises ``Unprocessable``."""
    faults = facts.faults()
    if not faults and await find_dataset(session, facts.slug):
        faults = [Fault("slug", f"There is a dataset called {facts.slug} already.")]
    if faults:
        raise Unprocessable(faults)
    dataset = Dataset(id=new_id(), **facts.values(now))
    session.add(dataset)
    await record_audit(session, at=now, actor=actor, action="dashboard.dataset_created", object_id=dataset.id)
    await session.commit()
    return dataset


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
    major, minor = max(_parts(version.number) for version in versions)
    published = next((version for version in versions if version.published_at), None)
    if published and await _keys_of(session, published) - {_key(one) for one in observed}:
        return f"{major + 1}.0"
    return f"{major}.{minor + 1}"


def _parts(number: str) -> tuple[int, int]:
    major, _, minor = number.partition(".")
    return int(major), int(minor)


def _key(one: Observed) -> tuple[str, str, str, str]:
    return one.metric, one.geography.code, one.period.key, one.breakdown


async def _keys_of(session: SiteSession, version: Version) -> set[tuple[str, str, str, str]]:
    metrics = {metric.id: metric.key for metric in (await session.exec(select(Metric))).all()}
    query = select(Observation).where(Observation.version_id == version.id)
    return {
        (metrics[row.metric_id], row.geography_code, row.period_key, row.breakdown)
        for row in (await session.exec(query)).all()
    }


async def list_versions(session: SiteSession, dataset_id: UUID) -> Sequence[Version]:
    """Return the versions of a dataset, the last loaded first."""
    query = select(Version).where(Version.dataset_id == dataset_id).order_by(col(Version.id).desc())
    return (await session.exec(query)).all()


async def publish_version(session: SiteSession, slug: str, number: str, *, actor: str, now: datetime) -> Version:
    """Make a version the one that the public sees, and commit.

    :raises NotFound: when there is no such dataset or version
    :raises Refused: when it is published already
    """
    dataset = await find_dataset(session, slug)
    if dataset is None:
        raise NotFound(NO_DATASET)
    versions = await list_versions(session, dataset.id)
    version = next((version for version in versions if version.number == number), None)
    if version is None:
        raise NotFound(NO_VERSION)
    if version.published_at is not None:
        raise Refused(f"Version {number} is published already.")
    if any(other.published_at and _parts(other.number) > _parts(number) for other in versions):
        raise Refused(f"A version after {number} is published: load the file again as a new version.")
    version.published_at = now
    session.add(version)
    note = f"{slug} {number}"
    await record_audit(session, at=now, actor=actor, action="dashboard.published", object_id=version.id, note=note)
    await touch(session, session.site_id, PLUGIN)
    await touch(session, session.site_id, "core")
    await session.commit()
    return version
