"""How entries are sealed, in a session and in the writer's batches, and how tampering is found."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select

from folkmoot.audit.models import AuditEntry
from folkmoot.kernel.clock import Clock
from folkmoot.kernel.ids import new_id
from folkmoot.store.locks import AUDIT, lock
from folkmoot.store.scoping import SiteSession
from folkmoot.store.writer import Change, Row, Tail

START: Tail = (0, "")


def seal(before: str, sequence: int, at: datetime, actor: str, action: str, object_id: UUID, note: str) -> str:
    """Return the hash of an entry, which covers the hash before it."""
    # In UTC, as it is read back: the same instant in another zone is the same entry.
    stamp = at.astimezone(UTC).isoformat()
    text = "\n".join((before, str(sequence), stamp, actor, action, object_id.hex, note))
    return hashlib.sha256(text.encode()).hexdigest()


async def record(
    session: SiteSession, *, at: datetime, actor: str, action: str, object_id: UUID, note: str = ""
) -> None:
    """Add an entry in the caller's writing session; it is kept if and only if the caller commits."""
    await lock(session, AUDIT, session.site_id)
    last = (await session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence).desc()).limit(1))).first()
    sequence, before = (last.sequence, last.hash) if last else START
    sequence += 1
    sealed = seal(before, sequence, at, actor, action, object_id, note)
    session.add(
        AuditEntry(sequence=sequence, at=at, actor=actor, action=action, object_id=object_id, note=note, hash=sealed)
    )
    await session.flush()


async def first_broken(session: SiteSession) -> int | None:
    """Return the sequence number of the first entry that was changed, removed or put in later; ``None`` if sound."""
    sequence, before = START
    for entry in await session.exec(select(AuditEntry).order_by(col(AuditEntry.sequence))):
        sequence += 1
        sealed = seal(before, sequence, entry.at, entry.actor, entry.action, entry.object_id, entry.note)
        if entry.sequence != sequence or entry.hash != sealed:
            return sequence
        before = entry.hash
    return None


class AuditChain:
    """Seals the changes of the writer's batches: one look-up of the last entry a batch and site."""

    tail = "select sequence, hash from core_audit_entry where site_id = {} order by sequence desc limit 1"
    start = START

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def rows(self, tails: Mapping[UUID, Tail], changes: Sequence[Change]) -> Iterator[Row]:
        """Return an entry for each change, in order."""
        at = self.clock.now()
        last = dict(tails)
        for change in changes:
            site_id = change.site_id
            sequence, before = last[site_id]
            sequence += 1
            sealed = seal(before, sequence, at, change.actor, change.event, change.object_id, change.note)
            last[site_id] = (sequence, sealed)
            yield Row(
                AuditEntry.__table__,  # type: ignore[attr-defined]
                {
                    "site_id": site_id,
                    "id": new_id(),
                    "sequence": sequence,
                    "at": at,
                    "actor": change.actor,
                    "action": change.event,
                    "object_id": change.object_id,
                    "note": change.note,
                    "hash": sealed,
                },
            )
