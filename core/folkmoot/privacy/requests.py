"""Requests of people about their own data: received, due in a month, closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from folkmoot.kernel.ids import new_reference
from folkmoot.privacy.models import RequestKind, SubjectRequest
from folkmoot.privacy.terms import answer_by
from folkmoot.privacy.words import N_
from folkmoot.spec.errors import NotFound, Refused
from folkmoot.store.scoping import SiteSession

SHOWN = 200
MISSING = N_("There is no such request.")
CLOSED = N_("This request is closed already.")


async def open_request(
    session: SiteSession, kind: RequestKind, hashed: str, *, received: datetime, prefix: str
) -> SubjectRequest:
    """Put a request into the log; the caller commits.

    :param hashed: the keyed hash of the person
    :param prefix: what the site's references start with
    """
    request = SubjectRequest(
        reference=new_reference(prefix),
        kind=kind,
        subject_hash=hashed,
        received_at=received,
        due_at=answer_by(received),
    )
    session.add(request)
    await session.flush()
    return request


async def find_request(session: SiteSession, reference: str) -> SubjectRequest:
    """Return a request of the site; raises ``NotFound``."""
    query = select(SubjectRequest).where(SubjectRequest.reference == reference)
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(MISSING)
    return found


async def close_request(
    session: SiteSession, request: SubjectRequest, *, now: datetime, removed: Mapping[str, int] | None = None
) -> None:
    """Note that a request has been answered; the caller commits. Raises ``Refused`` when it was closed before."""
    if request.closed_at is not None:
        raise Refused(CLOSED)
    request.closed_at = now
    request.removed = dict(removed or {})
    session.add(request)
    await session.flush()


async def close_open(
    session: SiteSession, kind: RequestKind, hashed: str, *, now: datetime, removed: Mapping[str, int]
) -> SubjectRequest | None:
    """Close the open requests of a person for one thing, and return the first of them; the caller commits."""
    query = select(SubjectRequest).where(
        SubjectRequest.subject_hash == hashed,
        SubjectRequest.kind == kind,
        col(SubjectRequest.closed_at).is_(None),
    )
    found = (await session.exec(query.order_by(col(SubjectRequest.received_at)))).all()
    for request in found:
        await close_request(session, request, now=now, removed=removed)
    return found[0] if found else None


async def list_requests(session: SiteSession) -> Sequence[SubjectRequest]:
    """Return the log: what is open first, what is due first among it."""
    order = (
        col(SubjectRequest.closed_at).is_not(None),
        col(SubjectRequest.due_at),
        col(SubjectRequest.id),
    )
    return (await session.exec(select(SubjectRequest).order_by(*order).limit(SHOWN))).all()


async def open_requests(session: SiteSession) -> Sequence[SubjectRequest]:
    """Return what waits for an answer, what is due first at the top."""
    query = select(SubjectRequest).where(col(SubjectRequest.closed_at).is_(None))
    return (await session.exec(query.order_by(col(SubjectRequest.due_at)))).all()
