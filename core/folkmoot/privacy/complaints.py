"""Complaints about how personal data was used: received, acknowledged within 30 days, answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.kernel.ids import new_id, new_reference
from folkmoot.privacy.models import Complaint, ComplaintState
from folkmoot.privacy.words import N_
from folkmoot.spec.descriptors import Held, Subject
from folkmoot.spec.errors import Fault, NotFound, Refused
from folkmoot.store.scoping import SiteSession

AT_ONCE = 500
SHOWN = 500
LONGEST_NAME, LONGEST_CONTACT, LONGEST_TEXT = 200, 300, 5_000
MISSING = N_("There is no such complaint.")
NOT_NEXT = N_("Somebody has done this already.")
TITLE = N_("A complaint about personal data")


@dataclass(frozen=True, slots=True)
class Complaining:
    """What somebody typed into the form."""

    name: str = ""
    contact: str = ""
    what_happened: str = ""
    language: str = "en"

    def faults(self) -> list[Fault]:
        """Return what is wrong with it, each fault naming its field."""
        found = []
        if len(self.name) > LONGEST_NAME:
            found.append(Fault("name", N_("Your name must be 200 characters or fewer")))
        if not self.contact:
            found.append(Fault("contact", N_("Enter an email address, telephone number or postal address")))
        elif len(self.contact) > LONGEST_CONTACT:
            found.append(Fault("contact", N_("How to reach you must be 300 characters or fewer")))
        if not self.what_happened:
            found.append(Fault("what_happened", N_("Enter what happened")))
        elif len(self.what_happened) > LONGEST_TEXT:
            found.append(Fault("what_happened", N_("What happened must be 5,000 characters or fewer")))
        return found

    def fingerprint(self) -> str:
        """Return a hash by which the same words sent twice are known."""
        text = "\n".join((self.name, self.contact, self.what_happened))
        return hashlib.sha256(text.encode()).hexdigest()


async def receive(session: SiteSession, sent: Complaining, *, now: datetime, prefix: str) -> tuple[Complaint, bool]:
    """Keep a complaint and return it, with whether it is new: the same words again are the same complaint.

    The caller commits.
    """
    fingerprint = sent.fingerprint()
    before = (await session.exec(select(Complaint).where(Complaint.fingerprint == fingerprint))).first()
    if before is not None:
        return before, False
    made = Complaint(
        reference=new_reference(prefix),
        name=sent.name,
        contact=sent.contact,
        what_happened=sent.what_happened,
        language=sent.language,
        fingerprint=fingerprint,
        received_at=now,
    )
    session.add(made)
    await session.flush()
    return made, True


async def find_complaint(session: SiteSession, reference: str) -> Complaint:
    """Return a complaint of the site; raises ``NotFound``."""
    found = (await session.exec(select(Complaint).where(Complaint.reference == reference))).first()
    if found is None:
        raise NotFound(MISSING)
    return found


async def move(session: SiteSession, complaint: Complaint, state: ComplaintState, *, now: datetime) -> None:
    """Note that a complaint was acknowledged or answered; the caller commits. Raises ``Refused`` when it was before.

    Who has the answer needs no acknowledgement any more.
    """
    if state is ComplaintState.ACKNOWLEDGED and complaint.acknowledged_at is None and complaint.answered_at is None:
        complaint.acknowledged_at = now
    elif state is ComplaintState.ANSWERED and complaint.answered_at is None:
        complaint.acknowledged_at = complaint.acknowledged_at or now
        complaint.answered_at = now
    else:
        raise Refused(NOT_NEXT)
    session.add(complaint)
    await session.flush()


async def list_complaints(session: SiteSession) -> Sequence[Complaint]:
    """Return complaints, those without an answer first, the oldest of them at the top."""
    order = (col(Complaint.answered_at).is_not(None), col(Complaint.received_at), col(Complaint.id))
    return (await session.exec(select(Complaint).order_by(*order).limit(SHOWN))).all()


async def waiting(session: SiteSession) -> Sequence[Complaint]:
    """Return the complaints that nobody has acknowledged, the oldest first."""
    query = select(Complaint).where(col(Complaint.acknowledged_at).is_(None))
    return (await session.exec(query.order_by(col(Complaint.received_at)))).all()


async def find_about(session: SiteSession, subject: Subject) -> Sequence[Held]:
    """Return the complaints of a person, and those that name them."""
    return [
        Held(
            title=TITLE,
            key=row.reference,
            values={
                "name": row.name,
                "contact": row.contact,
                "what_happened": row.what_happened,
                "received_at": row.received_at.isoformat(),
                "state": str(row.state),
            },
        )
        for row in await _about(session, subject)
    ]


async def _about(session: SiteSession, subject: Subject) -> Sequence[Complaint]:
    texts = (Complaint.name, Complaint.contact, Complaint.what_happened)
    named: list[Any] = [sa.func.lower(col(t)).contains(subject.email, autoescape=True) for t in texts if subject.email]
    if subject.reference:
        named.append(col(Complaint.reference) == subject.reference)
    return (await session.exec(select(Complaint).where(sa.or_(*named)))).all() if named else []


async def erase_about(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Empty the complaints of a person of everything but when they came and when they were answered."""
    rows = await _about(session, subject)
    for row in rows:
        _empty(session, row)
    await session.flush()
    return len(rows)


def _empty(session: SiteSession, row: Complaint) -> None:
    row.name = row.contact = row.what_happened = ""
    row.reference = new_reference(row.reference.partition("-")[0])
    row.fingerprint = new_id().hex
    session.add(row)


def _old(before: datetime) -> tuple[Any, ...]:
    return col(Complaint.answered_at).is_not(None), col(Complaint.answered_at) <= before


async def complaints_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Return how many complaints were answered by then."""
    return (await session.exec(select(sa.func.count(col(Complaint.id))).where(*_old(before)))).one()


async def expire_complaints(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    """Delete complaints that were answered by then."""
    ids = (await session.exec(select(Complaint.id).where(*_old(before)).limit(AT_ONCE))).all()
    if ids:
        await session.exec(sa.delete(Complaint).where(col(Complaint.id).in_(ids)))
    return len(ids)
