"""What consultations tell the rest of the platform: tasks for staff, titles for search."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from folkmoot.api import N_, DocumentTooLarge, EmptyDocument, SearchEntry, SiteSession, Task, read_markdown
from folkmoot_consultation.service import list_consultations
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


async def search_entries(session: SiteSession, now: datetime) -> Sequence[SearchEntry]:  # noqa: ARG001 (the hook's)
    """Return what is published, with the document that is consulted on; what is scheduled shows when it opens."""
    found = [consultation for consultation in await list_consultations(session) if consultation.published_at]
    # A long document takes a while to read, and others want the processor meanwhile.
    texts = await asyncio.to_thread(lambda: [plain_text(each.document) for each in found])
    return [
        SearchEntry(
            title=each.title,
            path=f"/consultations/{each.slug}",
            summary=each.summary,
            text=f"{each.audience}\n{text}",
            updated_at=each.published_at,
            shown_from=each.opens_at,
        )
        for each, text in zip(found, texts, strict=True)
    ]


def plain_text(markdown: str) -> str:
    """Return the words of a document, without its marks."""
    if not markdown.strip():
        return ""
    try:
        return "\n".join(node.text or node.heading for node in read_markdown(markdown).nodes)
    except (DocumentTooLarge, EmptyDocument):
        return markdown
