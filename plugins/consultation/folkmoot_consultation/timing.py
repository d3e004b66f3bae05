"""The state of a consultation and what is said of its closing: functions of its dates and of the instant."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from folkmoot.api import LONDON

# Who has the page open when it closes may still send what they wrote; the overview says so.
GRACE = timedelta(minutes=15)


class Dated(Protocol):
    """What the state follows from."""

    published_at: datetime | None
    opens_at: datetime
    closes_at: datetime


class State(StrEnum):
    """The states of this version; the contract names more, which come with outcomes and archiving."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


def state_at(consultation: Dated, now: datetime) -> State:
    """Return the state at an instant."""
    if consultation.published_at is None:
        return State.DRAFT
    if now < consultation.opens_at:
        return State.SCHEDULED
    return State.OPEN if now < consultation.closes_at else State.CLOSED


def takes_answers(consultation: Dated, now: datetime) -> bool:
    """Say whether answers are taken from somebody who has begun."""
    begun = consultation.published_at is not None and now >= consultation.opens_at
    return begun and now < consultation.closes_at + GRACE


def next_change(consultation: Dated, now: datetime) -> datetime | None:
    """Return when what a page says of the dates next changes by itself: opening, closing, or a day fewer left."""
    if consultation.published_at is None or now >= consultation.closes_at:
        return None
    if now < consultation.opens_at:
        return consultation.opens_at
    midnight = now.astimezone(LONDON).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    tomorrow = (midnight.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=LONDON).astimezone(UTC)
    return min(tomorrow, consultation.closes_at)


def days_left(consultation: Dated, now: datetime) -> int:
    """Return how many nights are left until it closes, by UK time: 0 on its last day."""
    return (consultation.closes_at.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
