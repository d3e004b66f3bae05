"""The table of what people said about pages."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.api import Json, SiteScoped, UtcDateTime

PATH_LIMIT = 300
TEXT_LIMIT = 1_200
TRAP = "filled in the hidden field"


class State(StrEnum):
    """Where a row stands: only ``new`` waits for staff."""

    COUNTED = "counted"
    NEW = "new"
    HELD = "held"
    DONE = "done"
    SPAM = "spam"


class PageFeedback(SiteScoped, table=True):
    """One answer to “Is this page useful?”, one report of a problem, or both.

    ``useful`` is ``None`` where only a problem was reported. ``signals`` says why a row is held or taken for spam.
    """

    __tablename__ = "feedback_page_feedback"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "idempotency_key"),
        sa.Index(None, "site_id", "received_at"),
        sa.Index(None, "site_id", "state", "received_at"),
        sa.Index(None, "site_id", "path", "received_at"),
    )

    path: str = Field(max_length=PATH_LIMIT)
    useful: bool | None = Field(default=None)
    what_doing: str = Field(default="", max_length=TEXT_LIMIT)
    what_wrong: str = Field(default="", max_length=TEXT_LIMIT)
    state: str = Field(max_length=10)
    received_at: datetime = Field(sa_type=UtcDateTime)
    signals: list[str] = Field(default_factory=list, sa_type=Json)
    idempotency_key: str | None = Field(default=None, max_length=200)

    @property
    def withheld(self) -> bool:
        """Whether the texts may name a person: then staff see only that there are some, also when it is done."""
        return any(signal != TRAP for signal in self.signals)
