"""What is published, read: datasets, metrics, observations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from folkmoot.api import Fault, NotFound, SiteSession, Unprocessable
from folkmoot_dashboard.geography import geographies
from folkmoot_dashboard.models import Dataset, Metric, Observation, Version
from folkmoot_dashboard.periods import read_period
from folkmoot_dashboard.service import NO_DATASET, NO_VERSION, list_versions


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset with the version that the public sees, and its metrics in the order of the file."""

    dataset: Dataset
    version: Version
    metrics: tuple[Metric, ...]
    versions: tuple[Version, ...]

    def metric(self, key: str) -> Metric | None:
        """Return the metric of that key, in any case."""
        return next((metric for metric in self.metrics if metric.key == key.lower()), None)

    def periods(self, metric: Metric) -> list[tuple[str, str]]:
        """Return ``(key, label)`` of the periods that a metric has, the last first."""
        return [(key, label) for key, label in reversed(self.version.contents[metric.key]["periods"])]

    def breakdowns(self, metric: Metric) -> list[str]:
        """Return what a metric is broken down by; one empty text when it is not."""
        return list(self.version.contents[metric.key]["breakdowns"])


async def list_published(session: SiteSession) -> list[Published]:
    """Return every dataset that has a published version, by title."""
    metrics = {metric.key: metric for metric in (await session.exec(select(Metric))).all()}
    datasets = (await session.exec(select(Dataset).order_by(col(Dataset.title)))).all()
    found = []
    for dataset in datasets:
        published = tuple(v for v in await list_versions(session, dataset.id) if v.published_at)
        if published:
            version = max(published, key=lambda v: v.published_at or v.created_at)
            own = tuple(metrics[key] for key in version.contents)
            found.append(Published(dataset, version, own, published))
    return found


async def find_published(session: SiteSession, slug: str, number: str | None = None) -> Published:
    """Return a published dataset, at its newest version or at one that was published; raises ``NotFound``."""
    found = next((one for one in await list_published(session) if one.dataset.slug == slug), None)
    if found is None:
        raise NotFound(NO_DATASET)
    if number is None:
        return found
    version = next((version for version in found.versions if version.number == number), None)
    if version is None:
        raise NotFound(NO_VERSION)
    metrics = {metric.key: metric for metric in (await session.exec(select(Metric))).all()}
    return Published(found.dataset, version, tuple(metrics[key] for key in version.contents), found.versions)


async def for_figure(
    session: SiteSession, published: Published, metric: Metric, period: str, breakdown: str
) -> Sequence[Observation]:
    """Return the observations of one metric in one period."""
    query = select(Observation).where(
        Observation.version_id == published.version.id,
        Observation.metric_id == metric.id,
        Observation.period_key == period,
        Observation.breakdown == breakdown,
    )
    return (await session.exec(query)).all()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a program asks for; empty means everything."""

    metric: str = ""
    geo: str = ""
    start: str = ""
    end: str = ""


async def observations(
    session: SiteSession, published: Published, wanted: Wanted, *, after: int = 0, limit: int | None = None
) -> Sequence[Observation]:
    """Return the observations of a version in the order of the file, from the position after one.

    :raises Unprocessable: when it asks for a metric, place or period that cannot be
    """
    conditions = [Observation.version_id == published.version.id, Observation.position > after]
    conditions += _conditions(published, wanted)
    query = select(Observation).where(*conditions).order_by(col(Observation.position))
    return (await session.exec(query.limit(limit) if limit else query)).all()


def _conditions(published: Published, wanted: Wanted) -> list[bool]:
    faults: list[Fault] = []
    found: list[bool] = []
    if wanted.metric:
        metric = published.metric(wanted.metric)
        if metric is None:
            faults.append(Fault("metric", f"There is no metric “{wanted.metric}” in this dataset."))
        else:
            found.append(Observation.metric_id == metric.id)
    if wanted.geo and wanted.geo not in geographies():
        faults.append(Fault("geo", f"The geography code “{wanted.geo}” is not known."))
    elif wanted.geo:
        found.append(Observation.geography_code == wanted.geo)
    first, last = _bound("from", wanted.start, faults), _bound("to", wanted.end, faults, at_end=True)
    if faults:
        raise Unprocessable(faults)
    found += [Observation.period_start >= first] if first else []
    return found + ([Observation.period_start <= last] if last else [])


def _bound(name: str, text: str, faults: list[Fault], *, at_end: bool = False) -> date | None:
    period = read_period(text, as_months=False) if text else None
    if text and period is None:
        faults.append(Fault(name, f"“{name}” must be a period such as 2022-23, 2022 or 2022-04-01."))
    if period is None:
        return None
    return period.end if at_end else period.start


async def metric_keys(session: SiteSession) -> dict[UUID, Metric]:
    """Return the metrics of the site by id."""
    return {metric.id: metric for metric in (await session.exec(select(Metric))).all()}
