"""Tables of mail: messages with their outcome, who asked for which emails, addresses that mail comes back from."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import SiteScoped, UtcDateTime

QUEUED, SENT, FAILED, BOUNCED, SUPPRESSED = "queued", "sent", "failed", "bounced", "suppressed"
PENDING, ACTIVE, ENDED = "pending", "active", "ended"
_TOLD = sa.text("event <> ''")
_CURRENT = sa.text("state <> 'ended'")


class Message(SiteScoped, table=True):
    """One email to one address, written in the transaction that caused it, sent by the job ``core.send_mail``.

    ``event`` is set on mail to subscribers: a subscription is told of an event once.
    """

    __tablename__ = "core_mail"
    __table_args__ = (
        sa.Index(
            "uq_core_mail_told",
            "site_id",
            "subscription_id",
            "event",
            unique=True,
            sqlite_where=_TOLD,
            postgresql_where=_TOLD,
        ),
        sa.Index(None, "site_id", "address", "created_at"),
        sa.Index(None, "site_id", "created_at"),
    )

    address: str = Field(max_length=254)
    subject: str = Field(max_length=300)
    body: str = Field(sa_type=sa.Text)
    locale: str = Field(max_length=10)
    template: str = Field(max_length=120)
    state: str = Field(max_length=12, default=QUEUED)
    failures: int = 0
    error: str = Field(max_length=300, default="")
    provider_id: str = Field(max_length=120, default="")
    subscription_id: UUID | None = None
    event: str = Field(max_length=120, default="")
    holds_secret: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Subscription(SiteScoped, table=True):
    """Somebody's wish to get emails about a topic. Nothing but the request to confirm is sent before they confirm it.

    ``origin`` is the address of the site as it was when they asked: links in mail start with it.
    """

    __tablename__ = "core_subscription"
    __table_args__ = (
        sa.Index(
            "uq_core_subscription_current",
            "site_id",
            "address",
            "topic",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        sa.Index(None, "site_id", "topic", "state"),
        sa.Index(None, "site_id", "address_key"),
        sa.Index(None, "site_id", "confirm_hash"),
    )

    address: str = Field(max_length=254)
    address_key: str = Field(max_length=32)
    topic: str = Field(max_length=160)
    locale: str = Field(max_length=10)
    origin: str = Field(max_length=300)
    state: str = Field(max_length=10, default=PENDING)
    confirm_hash: str = Field(max_length=64)
    confirm_until: datetime = Field(sa_type=UtcDateTime)
    unsubscribe_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Suppression(SiteScoped, table=True):
    """An address from which mail came back for good: subscribers' mail is kept from it.

    The address itself is not kept, only a keyed hash to recognise it by, and a form in which staff see it.
    """

    __tablename__ = "core_mail_suppression"
    __table_args__ = (sa.UniqueConstraint("site_id", "address_key"),)

    address_key: str = Field(max_length=32)
    shown: str = Field(max_length=254)
    reason: str = Field(max_length=300)
    created_at: datetime = Field(sa_type=UtcDateTime)
