"""Tables of the form engine: forms and their versions, drafts in progress, submissions with their answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import Json, SiteScoped, UtcDateTime, owned_by


class Form(SiteScoped, table=True):
    """A form; its questions are those of a version."""

    __tablename__ = "core_form"

    owner: str = Field(max_length=30)
    created_at: datetime = Field(sa_type=UtcDateTime)


class FormVersion(SiteScoped, table=True):
    """A form as it was at a time. It never changes: a change is a new version."""

    __tablename__ = "core_form_version"
    __table_args__ = (owned_by("form_id", "core_form"), sa.UniqueConstraint("site_id", "form_id", "number"))

    form_id: UUID
    number: int = Field(default=1)
    definition: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Draft(SiteScoped, table=True):
    """Answers in progress. Only the hash of the browser's secret is kept; it is forgotten once submitted."""

    __tablename__ = "core_form_draft"
    __table_args__ = (
        owned_by("form_id", "core_form"),
        sa.UniqueConstraint("site_id", "form_id", "secret_hash"),
    )

    form_id: UUID
    secret_hash: str = Field(max_length=64)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class Submission(SiteScoped, table=True):
    """Everything that one respondent sends in one act.

    ``answers`` holds a string, or a list where several may be chosen, by the key of its question (see ADR 0014).
    """

    __tablename__ = "core_form_submission"
    __table_args__ = (
        owned_by("form_id", "core_form", ondelete="RESTRICT"),
        owned_by("form_version_id", "core_form_version", ondelete="RESTRICT"),
        sa.UniqueConstraint("site_id", "reference"),
        sa.UniqueConstraint("site_id", "form_id", "idempotency_key"),
        sa.Index(None, "site_id", "form_id", "received_at"),
    )

    form_id: UUID
    form_version_id: UUID
    reference: str = Field(max_length=20)
    idempotency_key: str = Field(max_length=200)
    channel: str = Field(default="web", max_length=10)
    language: str = Field(default="en", max_length=10)
    received_at: datetime = Field(sa_type=UtcDateTime)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    confidential: str = Field(default="", sa_type=sa.Text)
