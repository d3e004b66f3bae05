"""What readers may see: publications that are published, their contents and chapters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import load_only
from sqlmodel import col, select

from folkmoot.api import N_, NotFound, SiteSession
from folkmoot_publication.models import DocumentNode, Edition, Publication, Recommendation
from folkmoot_publication.service import NO_PUBLICATION, find_publication

# A table of contents leaves the text where it is.
CONTENTS_COLUMNS: Any = (
    DocumentNode.type,
    DocumentNode.number_label,
    DocumentNode.heading,
    DocumentNode.slug,
    DocumentNode.chapter,
    DocumentNode.anchor,
)
NO_CHAPTER = N_("There is no such chapter in this publication.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A publication in a list, with its edition and the number of its recommendations."""

    publication: Publication
    edition: Edition
    recommendations: int = 0


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A chapter, and the sections in it: what a table of contents needs, without the text."""

    number: str
    heading: str
    slug: str
    sections: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """The heading behind its number; what stands before the first chapter shows none."""
        return self.heading if self.number == "0" else f"{self.number}. {self.heading}"


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter to read, with its neighbours."""

    entry: ContentsEntry
    nodes: Sequence[DocumentNode]
    previous: ContentsEntry | None
    next: ContentsEntry | None


async def list_publications(session: SiteSession, *, drafts: bool = False, limit: int | None = None) -> list[Listed]:
    """Return publications with their counts, the newest first: published ones, or with ``drafts`` all."""
    query = select(Publication, Edition).join(Edition, col(Edition.publication_id) == col(Publication.id))
    if not drafts:
        query = query.where(col(Edition.published_at).is_not(None))
    newest = sa.func.coalesce(col(Edition.published_at), col(Publication.created_at)).desc()
    found = (await session.exec(query.order_by(newest, col(Publication.slug)).limit(limit))).all()
    counts = await count_recommendations(session, [publication.id for publication, _ in found])
    return [Listed(publication, edition, counts.get(publication.id, 0)) for publication, edition in found]


async def count_recommendations(session: SiteSession, publications: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many recommendations each publication has; those without any are left out."""
    rows = select(Recommendation).where(col(Recommendation.publication_id).in_(publications)).subquery()
    query = select(rows.c.publication_id, sa.func.count()).group_by(rows.c.publication_id)
    return dict((await session.exec(query)).all())


async def find_readable(session: SiteSession, slug: str, *, drafts: bool = False) -> Listed:
    """Return a publication that may be read; a draft answers exactly as what does not exist, save for ``drafts``."""
    publication, edition = await find_publication(session, slug)
    if edition.published_at is None and not drafts:
        raise NotFound(NO_PUBLICATION)
    counts = await count_recommendations(session, [publication.id])
    return Listed(publication, edition, counts.get(publication.id, 0))


async def read_contents(session: SiteSession, edition_id: UUID) -> tuple[ContentsEntry, ...]:
    """Return the chapters of an edition with their sections, in reading order."""
    query = (
        select(DocumentNode)
        .options(load_only(*CONTENTS_COLUMNS, raiseload=True))
        .where(col(DocumentNode.edition_id) == edition_id, col(DocumentNode.type).in_(("chapter", "section")))
        .order_by(col(DocumentNode.position))
    )
    nodes = (await session.exec(query)).all()
    sections: dict[str, list[tuple[str, str]]] = {}
    for node in nodes:
        if node.type == "section":
            sections.setdefault(node.chapter, []).append((node.heading, node.anchor))
    return tuple(
        ContentsEntry(node.number_label, node.heading, node.slug, tuple(sections.get(node.slug, ())))
        for node in nodes
        if node.type == "chapter"
    )


async def read_chapter(session: SiteSession, edition_id: UUID, slug: str) -> tuple[Chapter, tuple[ContentsEntry, ...]]:
    """Return a chapter and the contents that it stands in; raises ``NotFound``."""
    contents = await read_contents(session, edition_id)
    at = next((index for index, entry in enumerate(contents) if entry.slug == slug), None)
    if at is None:
        raise NotFound(NO_CHAPTER)
    query = select(DocumentNode).where(
        col(DocumentNode.edition_id) == edition_id,
        col(DocumentNode.chapter) == slug,
        col(DocumentNode.type) != "chapter",
    )
    nodes = (await session.exec(query.order_by(col(DocumentNode.position)))).all()
    after = contents[at + 1] if at + 1 < len(contents) else None
    return Chapter(contents[at], nodes, contents[at - 1] if at else None, after), contents
