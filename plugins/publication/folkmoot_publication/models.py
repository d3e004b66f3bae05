"""Tables of publications, and what can be said from one row alone."""

from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.api import N_, Json, SiteScoped, UtcDateTime, owned_by

KINDS: Final = {
    "response": N_("Response"),
    "policy": N_("Policy paper"),
    "guidance": N_("Guidance"),
    "report": N_("Report"),
    "strategy": N_("Strategy"),
}
STATES: Final = {"draft": N_("Draft"), "published": N_("Published")}


class Publication(SiteScoped, table=True):
    """A document that people read chapter by chapter and cite by paragraph, with its recommendations."""

    __tablename__ = "publication_publication"
    __table_args__ = (sa.UniqueConstraint("site_id", "slug"),)

    slug: str = Field(max_length=80)
    title: str = Field(max_length=300)
    summary: str = Field(default="", max_length=2000)
    kind: str = Field(max_length=20)
    created_by: str = Field(max_length=120)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Edition(SiteScoped, table=True):
    """One text of a publication. ``created_by`` is whoever wrote it last; somebody else approves it."""

    __tablename__ = "publication_edition"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "publication_id", "number"),
        owned_by("publication_id", "publication_publication"),
    )

    publication_id: UUID
    number: int
    change_kind: str = Field(max_length=20)
    change_note: str = Field(default="", max_length=2000)
    markdown: str = Field(sa_type=sa.Text)
    created_by: str = Field(max_length=120)
    approved_by: str = Field(default="", max_length=120)
    override_reason: str = Field(default="", max_length=2000)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def state(self) -> str:
        """A key of ``STATES``."""
        return "draft" if self.published_at is None else "published"


class DocumentNode(SiteScoped, table=True):
    """One block of an edition. ``chapter`` is the slug of its chapter, ``anchor`` its id on the chapter's page."""

    __tablename__ = "publication_node"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "edition_id", "position"),
        sa.Index(None, "site_id", "edition_id", "chapter", "position"),
        owned_by("edition_id", "publication_edition"),
    )

    edition_id: UUID
    node_uid: str = Field(max_length=64)
    parent_uid: str | None = Field(default=None, max_length=64)
    position: int
    type: str = Field(max_length=20)
    number_label: str = Field(default="", max_length=40)
    heading: str = Field(default="", sa_type=sa.Text)
    slug: str = Field(default="", max_length=200)
    chapter: str = Field(max_length=200)
    anchor: str = Field(max_length=300)
    html: str = Field(sa_type=sa.Text)
    text: str = Field(sa_type=sa.Text)


class Recommendation(SiteScoped, table=True):
    """One recommendation and what was said to it. The keys are what addresses and facets carry."""

    __tablename__ = "publication_recommendation"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "publication_id", "ref"),
        sa.Index(None, "site_id", "publication_id", "ref_sort"),
        owned_by("publication_id", "publication_publication"),
    )

    publication_id: UUID
    ref: str = Field(max_length=40)
    ref_sort: str = Field(max_length=400)
    title: str = Field(max_length=300)
    text: str = Field(sa_type=sa.Text)
    theme: str = Field(default="", max_length=300)
    theme_key: str = Field(default="", max_length=300)
    subtheme: str = Field(default="", max_length=300)
    part: str = Field(default="", max_length=300)
    owner: str = Field(default="", max_length=300)
    response_text: str = Field(default="", sa_type=sa.Text)
    status: str = Field(default="", max_length=60)
    status_key: str = Field(default="", max_length=300)
    notes: dict[str, str] = Field(default_factory=dict, sa_type=Json)
