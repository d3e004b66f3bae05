"""Tables of the form engine: drafts in progress, submissions, and one row for each answer."""

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
    """Everything that one respondent sends in one act."""

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
    confidential: str = Field(default="", sa_type=sa.Text)


class Answer(SiteScoped, table=True):
    """One answer to one question, or one chosen option of it."""

    __tablename__ = "core_form_answer"
    __table_args__ = (
        owned_by("submission_id", "core_form_submission"),
        sa.Index(None, "site_id", "submission_id"),
        # Small rows, many of them: kept in the tree of the key itself, there is one tree less to write to.
        {"sqlite_with_rowid": False},
    )

    submission_id: UUID
    question: str = Field(max_length=60)
    value: str = Field(sa_type=sa.Text)
    position: int = Field(default=0)
