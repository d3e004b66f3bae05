"""Emails about consultations: when one opens, to those who asked about new ones; when one closes, to those who asked.

Both are planned when a consultation is published. What is sent is decided when the time has come.
"""

from datetime import datetime
from typing import Any

from folkmoot.api import SiteSession
from folkmoot.api.jobs import Work, enqueue
from folkmoot.api.mail import notify_subscribers
from folkmoot_consultation.models import Consultation
from folkmoot_consultation.timing import State, state_at

NEW, ONE = "consultation:new", "consultation:one"
TELL = "consultation.tell"
OPENED, CLOSED = "opened", "closed"
WHEN = {OPENED: State.OPEN, CLOSED: State.CLOSED}


async def plan_mail(session: SiteSession, consultation: Consultation, *, at: datetime) -> None:
    """Plan what subscribers are told of a consultation that is being published; the caller commits."""
    for what, when in ((OPENED, consultation.opens_at), (CLOSED, consultation.closes_at)):
        arguments = {"consultation": str(consultation.id), "what": what}
        await enqueue(session, TELL, arguments, at=at, run_at=max(when, at), key=f"{what}:{consultation.id}")


async def tell(work: Work) -> None:
    """Have subscribers told that a consultation has opened or closed, if it still is as it was planned."""
    from uuid import UUID

    what, now = work.arguments["what"], work.now()
    async with work.writing() as session:
        found = await session.get(Consultation, (session.site_id, UUID(work.arguments["consultation"])))
        if found is None or state_at(found, now) is not WHEN[what]:
            return
        values: dict[str, Any] = {
            "title": found.title,
            "summary": found.summary,
            "path": f"/consultations/{found.slug}",
            "closes_at": found.closes_at.isoformat(),
        }
        topic = NEW if what == OPENED else f"{ONE}:{found.slug}"
        template = f"consultation/mail/{what}.txt"
        await notify_subscribers(session, topic, event=f"{what}:{found.id}", template=template, values=values, at=now)
        await session.commit()


async def find_title(session: SiteSession, slug: str, now: datetime) -> str | None:
    """Return the title of a consultation that the public may see and that has not closed."""
    from folkmoot_consultation.service import list_public

    found = next((each for each in await list_public(session, now) if each.slug == slug), None)
    return found.title if found else None
