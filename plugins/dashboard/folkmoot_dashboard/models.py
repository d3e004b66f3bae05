"""Datasets, their versions, and the observations in them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.api import Json, SiteScoped, UtcDateTime, owned_by


class Dataset(SiteScoped, table=True):
    """Figures from one source, by place and period."""

    __tablename__ = "dashboard_dataset"
    __table_args__ = (sa.UniqueConstraint("site_id", "slug"),)

    slug: str = Field(max_length=60)
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=2_000)
    source_name: str = Field(default="", max_length=200)
    source_url: str = Field(default="", max_length=500)
    licence: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Version(SiteScoped, table=True):
    """A dataset as it was loaded once; it never changes, and the public sees it from ``published_at`` on.

    ``contents`` is what is in it by metric: ``{"asc1": {"periods": [[key, label], …], "breakdowns": ["", …]}}``,
    periods from the first to the last.
    """

    __tablename__ = "dashboard_version"
    __table_args__ = (
        owned_by("dataset_id", "dashboard_dataset"),
        sa.UniqueConstraint("site_id", "dataset_id", "number"),
        sa.UniqueConstraint("site_id", "dataset_id", "idempotency_key"),
    )

    dataset_id: UUID
    number: str = Field(max_length=20)
    notes: str = Field(default="", max_length=2_000)
    rows: int
    columns: list[str] = Field(sa_type=Json)
    contents: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    idempotency_key: str | None = Field(default=None, max_length=200)


class Metric(SiteScoped, table=True):
    """Something that is measured; datasets of the site share it by its key, the lower-cased code."""

    __tablename__ = "dashboard_metric"
    __table_args__ = (sa.UniqueConstraint("site_id", "key"),)

    key: str = Field(max_length=100)
    name: str = Field(max_length=500)
    unit: str = Field(default="", max_length=500)
    decimals: int


class Observation(SiteScoped, table=True):
    """One value, as text exactly as in the file; ``None`` where there is none, and then ``marks`` say why."""

    __tablename__ = "dashboard_observation"
    __table_args__ = (
        owned_by("version_id", "dashboard_version"),
        owned_by("metric_id", "dashboard_metric", ondelete="RESTRICT"),
        sa.UniqueConstraint("site_id", "version_id", "position"),
        sa.Index(None, "site_id", "version_id", "metric_id", "period_key"),
    )

    version_id: UUID
    metric_id: UUID
    position: int
    geography_code: str = Field(max_length=9)
    geography_name: str = Field(max_length=100)
    geography_level: str = Field(max_length=10)
    region_code: str = Field(max_length=9)
    period_key: str = Field(max_length=12)
    period_label: str = Field(max_length=20)
    period_start: date
    dimensions: dict[str, str] = Field(default_factory=dict, sa_type=Json)
    breakdown: str = Field(default="", max_length=2_000)
    value: str | None = Field(default=None, max_length=60)
    marks: list[str] = Field(default_factory=list, sa_type=Json)
