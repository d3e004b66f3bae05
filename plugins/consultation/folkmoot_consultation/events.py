"""What consultations tell the rest of the platform: tasks for staff, titles for search."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from folkmoot.api import N_, SearchEntry, SiteSession, Task
from folkmoot_consultation.service import list_consultations, list_public
from folkmoot_consultation.timing import State, state_at

CLOSES_SOON = timedelta(days=14)


async def tasks(session: SiteSession, now: datetime) -> Sequence[Task]:
    """Return drafts that wait for a second person, and consultations that close soon."""
    found = []
    for each in await list_consultations(session):
        state = state_at(each, now)
        path = f"/admin/consultation/{each.slug}"
        if state is State.DRAFT:
            found.append(Task(title=N_("Check and publish a consultation"), path=path, due=each.opens_at))
        elif state is State.OPEN and each.closes_at - now < CLOSES_SOON:
            found.append(Task(title=N_("A consultation closes soon"), path=path, due=each.closes_at))
    return found


async def search_entries(session: SiteSession, now: datetime) -> Sequence[SearchEntry]:
    """Return what the public may see."""
    return [
        SearchEntry(title=c.title, path=f"/consultations/{c.slug}", summary=c.summary, updated_at=c.published_at)
        for c in await list_public(session, now)
    ]
