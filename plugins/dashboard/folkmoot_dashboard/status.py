"""Where every dataset of a site stands: for staff and for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from folkmoot.api import SiteSession
from folkmoot_dashboard.models import Dataset, Version
from folkmoot_dashboard.service import list_versions


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """A dataset and its versions, the last loaded first."""

    dataset: Dataset
    versions: Sequence[Version]

    def record(self) -> dict[str, object]:
        """Return what the command line lists."""
        published = next((version for version in self.versions if version.published_at), None)
        last = self.versions[0] if self.versions else None
        return {
            "dataset": self.dataset.slug,
            "last_version": last.number if last else None,
            "published_version": published.number if published else None,
            "rows": published.rows if published else 0,
            "published_at": published.published_at.isoformat() if published and published.published_at else None,
        }


async def list_datasets(session: SiteSession) -> list[DatasetStatus]:
    """Return every dataset by slug."""
    datasets = (await session.exec(select(Dataset).order_by(col(Dataset.slug)))).all()
    return [DatasetStatus(dataset, await list_versions(session, dataset.id)) for dataset in datasets]
