"""What is done with datasets: create one, list its versions, publish one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from folkmoot.api import (
    N_,
    Fault,
    NotFound,
    Refused,
    SiteSession,
    Unprocessable,
    new_id,
    record_audit,
    touch,
)
from folkmoot_dashboard.models import Dataset, Version

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


async def list_versions(session: SiteSession, dataset_id: UUID) -> Sequence[Version]:
    """Return the versions of a dataset, the last loaded first."""
    query = select(Version).where(Version.dataset_id == dataset_id).order_by(col(Version.id).desc())
    return (await session.exec(query)).all()


def parts_of(number: str) -> tuple[int, int]:
    """Return the two parts of a version’s number, to be compared as numbers."""
    major, _, minor = number.partition(".")
    return int(major), int(minor)


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
    if any(other.published_at and parts_of(other.number) > parts_of(number) for other in versions):
        raise Refused(f"A version after {number} is published: load the file again as a new version.")
    version.published_at = now
    session.add(version)
    note = f"{slug} {number}"
    await record_audit(session, at=now, actor=actor, action="dashboard.published", object_id=version.id, note=note)
    await touch(session, session.site_id, PLUGIN, at=now)
    await touch(session, session.site_id, "core")
    await session.commit()
    return version
