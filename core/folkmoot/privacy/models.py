"""Tables of privacy: requests by people, erasures, retention with its log, complaints, and counts of what was used."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import Json, SiteScoped, UtcDateTime


class RequestKind(StrEnum):
    """What a person may ask for (UK GDPR, Articles 15, 16, 17 and 21)."""

    ACCESS = "access"
    ERASURE = "erasure"
    RECTIFICATION = "rectification"
    OBJECTION = "objection"


class SubjectRequest(SiteScoped, table=True):
    """What somebody asked for about their own data. Who it was stands here only as a keyed hash."""

    __tablename__ = "core_subject_request"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "reference"),
        sa.Index(None, "site_id", "closed_at", "due_at"),
    )

    reference: str = Field(max_length=20)
    kind: str = Field(max_length=15)
    subject_hash: str = Field(max_length=64)
    received_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # How many things of each declaration were erased, by its name.
    removed: dict[str, int] = Field(default_factory=dict, sa_type=Json)

    @property
    def state(self) -> str:
        """Whether it still waits for an answer."""
        return "open" if self.closed_at is None else "closed"


class Erasure(SiteScoped, table=True):
    """That somebody was erased, so that a restored backup can be made to forget them again."""

    __tablename__ = "core_erasure"
    __table_args__ = (sa.UniqueConstraint("site_id", "subject_hash"),)

    subject_hash: str = Field(max_length=64)
    at: datetime = Field(sa_type=UtcDateTime)


class Retention(SiteScoped, table=True):
    """A site's own term for what a declaration names; without a row, the declaration's own holds."""

    __tablename__ = "core_retention"
    __table_args__ = (sa.UniqueConstraint("site_id", "name"),)

    name: str = Field(max_length=80)
    years: int = 0
    months: int = 0
    days: int = 0


class RetentionRun(SiteScoped, table=True):
    """What was removed because its time had come."""

    __tablename__ = "core_retention_run"
    __table_args__ = (sa.Index(None, "site_id", "at"),)

    source: str = Field(max_length=80)
    before: datetime = Field(sa_type=UtcDateTime)
    removed: int
    at: datetime = Field(sa_type=UtcDateTime)


class ComplaintState(StrEnum):
    """How far a complaint is: acknowledged within 30 days, answered without undue delay."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


class Complaint(SiteScoped, table=True):
    """A complaint about how personal data was used (Data Protection Act 2018, section 164A)."""

    __tablename__ = "core_complaint"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "reference"),
        sa.UniqueConstraint("site_id", "fingerprint"),
        sa.Index(None, "site_id", "received_at"),
    )

    reference: str = Field(max_length=20)
    name: str = Field(default="", max_length=200)
    contact: str = Field(max_length=300)
    what_happened: str = Field(sa_type=sa.Text)
    language: str = Field(default="en", max_length=10)
    # The same words sent twice are one complaint.
    fingerprint: str = Field(max_length=64)
    received_at: datetime = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def state(self) -> ComplaintState:
        """How far it is."""
        if self.answered_at is not None:
            return ComplaintState.ANSWERED
        return ComplaintState.RECEIVED if self.acknowledged_at is None else ComplaintState.ACKNOWLEDGED


class UsageCount(SiteScoped, table=True):
    """How often a page was viewed, or a journey begun or finished, on a day. It says nothing of who."""

    __tablename__ = "core_count"
    __table_args__ = (sa.UniqueConstraint("site_id", "day", "kind", "name"),)

    day: date
    kind: str = Field(max_length=5)
    name: str = Field(max_length=300)
    count: int = Field(sa_type=sa.BigInteger)
