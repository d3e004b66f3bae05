"""Where publications show outside of their own pages: home, search, the staff console."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.api import N_, Request, SearchEntry, SiteSession, Task
from folkmoot_publication.catalogue import list_publications
from folkmoot_publication.models import KINDS, DocumentNode, Edition, Publication, Recommendation

LATEST = 3
SEARCHED = ("response_text", "theme", "subtheme", "part", "owner")


async def latest_block(request: Request) -> Mapping[str, object] | None:
    """Return the latest publications for the home page, or nothing when there are none."""
    async with request.reading() as session:
        listed = await list_publications(session, limit=LATEST)
    return {"listed": listed, "kinds": KINDS} if listed else None


async def publication_entries(session: SiteSession, now: datetime) -> Sequence[SearchEntry]:  # noqa: ARG001
    """Return every published publication for search and the site map."""
    return [
        SearchEntry(
            title=item.publication.title,
            path=f"/publications/{item.publication.slug}",
            summary=item.publication.summary,
            updated_at=item.edition.published_at,
        )
        for item in await list_publications(session)
    ]


async def recommendation_entries(session: SiteSession, now: datetime) -> Sequence[SearchEntry]:  # noqa: ARG001
    """Return every recommendation of a published publication for search and the site map."""
    query = (
        select(Recommendation, Publication, Edition)
        .join(Publication, col(Publication.id) == col(Recommendation.publication_id))
        .join(Edition, col(Edition.publication_id) == col(Publication.id))
        .where(col(Edition.published_at).is_not(None))
        .order_by(col(Publication.slug), col(Recommendation.ref_sort))
    )
    return [
        SearchEntry(
            title=f"{recommendation.ref}. {recommendation.title}",
            path=f"/publications/{publication.slug}/recommendations/{recommendation.ref}",
            summary=recommendation.text,
            part_of=publication.title,
            text="\n".join(getattr(recommendation, name) for name in SEARCHED),
            updated_at=edition.published_at,
        )
        for recommendation, publication, edition in await session.exec(query)
    ]


async def chapter_entries(session: SiteSession, now: datetime) -> Sequence[SearchEntry]:  # noqa: ARG001
    """Return every chapter of a published publication, with all that is written in it, for search and the site map."""
    chapters = []
    for item in await list_publications(session):
        query = select(DocumentNode.type, DocumentNode.heading, DocumentNode.chapter, DocumentNode.text).where(
            DocumentNode.edition_id == item.edition.id
        )
        nodes = (await session.exec(query.order_by(col(DocumentNode.position)))).all()
        texts: dict[str, list[str]] = {}
        for kind, heading, chapter, text in nodes:
            if kind != "chapter":
                texts.setdefault(chapter, []).append(text or heading)
        chapters += [
            SearchEntry(
                title=heading,
                path=f"/publications/{item.publication.slug}/read/{chapter}",
                part_of=item.publication.title,
                text="\n".join(texts.get(chapter, ())),
                updated_at=item.edition.published_at,
            )
            for kind, heading, chapter, _ in nodes
            if kind == "chapter"
        ]
    return chapters


async def drafts_to_publish(session: SiteSession, now: datetime) -> Sequence[Task]:  # noqa: ARG001
    """Return one task for all drafts that wait for a second person."""
    query = select(sa.func.count()).select_from(Edition).where(col(Edition.published_at).is_(None))
    waiting = (await session.exec(query)).one()
    if not waiting:
        return []
    return [Task(title=N_("Drafts waiting for a second person"), path="/admin/publication", count=waiting)]
