"""The table of consultations. Facts only: what state one is in follows from its dates (see ``timing``)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.api import SiteScoped, UtcDateTime, owned_by


class Consultation(SiteScoped, table=True):
    """A set of questions put to people for a time. Its form and the submissions to it are the form engine's."""

    __tablename__ = "consultation_consultation"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "slug"),
        owned_by("form_id", "core_form", ondelete="RESTRICT"),
        sa.Index(None, "site_id", "closes_at"),
    )

    slug: str = Field(max_length=80)
    title: str = Field(max_length=200)
    summary: str = Field(sa_type=sa.Text)
    audience: str = Field(default="", max_length=500)
    minutes: int | None = Field(default=None)
    email: str = Field(default="", max_length=254)
    post: str = Field(default="", max_length=500)
    telephone: str = Field(default="", max_length=60)
    document: str = Field(default="", sa_type=sa.Text)
    form_id: UUID
    opens_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=120)
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_by: str = Field(default="", max_length=120)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    override_reason: str = Field(default="", max_length=1000)
