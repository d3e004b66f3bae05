"""What is done to publications: create, write the draft anew, publish."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select

from folkmoot.api import (
    N_,
    DocumentDraft,
    DocumentTooLarge,
    EmptyDocument,
    Fault,
    NotFound,
    Refused,
    SiteSession,
    Unprocessable,
    anchors,
    read_markdown,
    record_audit,
    touch,
)
from folkmoot_publication.events import say_published
from folkmoot_publication.models import KINDS, DocumentNode, Edition, Publication
from folkmoot_publication.references import RESERVED_SLUGS, SLUG

PLUGIN = "publication"
NO_PUBLICATION = N_("There is no such publication.")
LONGEST_TITLE = 300
LONGEST_SUMMARY = 2000
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """What a person hands in: the facts of a publication and its text as Markdown."""

    slug: str
    title: str
    summary: str = ""
    kind: str = "report"
    markdown: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A manuscript without faults, and its document as it was read."""

    manuscript: Manuscript
    document: DocumentDraft


def read_manuscript(manuscript: Manuscript) -> Reading:
    """Check and read a manuscript; long ones take a while, so outside of a session.

    :raises Unprocessable: naming every fault by the field
    """
    faults = list(_faults(manuscript))
    document = None
    try:
        document = read_markdown(manuscript.markdown)
    except EmptyDocument as error:
        empty = N_("Enter the text of the publication")
        faults.append(Fault("markdown", empty if not manuscript.markdown.strip() else str(error)))
    except DocumentTooLarge as error:
        faults.append(Fault("markdown", str(error)))
    if faults or document is None:
        raise Unprocessable(faults)
    return Reading(manuscript, document)


def _faults(manuscript: Manuscript) -> Iterator[Fault]:
    if not manuscript.title.strip():
        yield Fault("title", N_("Enter a title"))
    elif len(manuscript.title) > LONGEST_TITLE:
        yield Fault("title", N_("The title must be 300 characters or fewer"))
    if not manuscript.slug:
        yield Fault("slug", N_("Enter the last part of the web address"))
    elif not SLUG.match(manuscript.slug):
        yield Fault("slug", N_("The last part of the web address must be 2 to 80 small letters, digits and hyphens"))
    elif manuscript.slug in RESERVED_SLUGS:
        yield Fault("slug", N_("Choose another web address: this one is used by the site itself"))
    if len(manuscript.summary) > LONGEST_SUMMARY:
        yield Fault("summary", N_("The summary must be 2,000 characters or fewer"))
    if manuscript.kind not in KINDS:
        yield Fault("kind", N_("Choose what kind of publication it is"))


async def create_publication(session: SiteSession, reading: Reading, *, actor: str, now: datetime) -> Publication:
    """Create a draft publication with its first edition, and commit; raises ``Unprocessable`` if the slug is taken."""
    wanted = reading.manuscript
    await _refuse_taken(session, wanted.slug)
    publication = Publication(
        slug=wanted.slug,
        title=wanted.title.strip(),
        summary=wanted.summary.strip(),
        kind=wanted.kind,
        created_by=actor,
        created_at=now,
    )
    session.add(publication)
    await session.flush()
    # A first edition has nothing before it to be a correction of, and needs no note of what changed.
    edition = Edition(
        publication_id=publication.id, number=1, change_kind="major", markdown=wanted.markdown, created_by=actor
    )
    session.add(edition)
    await session.flush()
    session.add_all(_nodes(edition.id, reading))
    await record_audit(session, at=now, actor=actor, action="publication.created", object_id=publication.id)
    await session.commit()
    return publication


def manuscript_of(publication: Publication, edition: Edition) -> Manuscript:
    """Return what is written down of a publication."""
    facts = {name: getattr(publication, name) for name in ("slug", "title", "summary", "kind")}
    return Manuscript(**facts, markdown=edition.markdown)


def fingerprint(manuscript: Manuscript) -> str:
    """Return a few letters that are others when anything has been written differently."""
    return hashlib.sha256(repr(manuscript).encode()).hexdigest()[:16]


async def rewrite_draft(
    session: SiteSession, slug: str, reading: Reading, *, actor: str, now: datetime, seen: str = ""
) -> Publication:
    """Put another manuscript in place of a draft, and commit.

    :param seen: the fingerprint of what the actor had before them, where that is known
    :raises Refused: when the publication is published already, or is not what the actor had before them
    """
    publication, edition = await find_publication(session, slug)
    if edition.state == "published":
        raise Refused(N_("This publication is published. This version of the software cannot change its text."))
    if seen and seen != fingerprint(manuscript_of(publication, edition)):
        raise Refused(N_("Somebody else has changed this draft since you opened it. Compare it, then save again."))
    wanted = reading.manuscript
    if wanted.slug != slug:
        await _refuse_taken(session, wanted.slug)
    facts = {"slug": wanted.slug, "title": wanted.title.strip(), "summary": wanted.summary.strip(), "kind": wanted.kind}
    publication.sqlmodel_update(facts)
    edition.markdown, edition.created_by = wanted.markdown, actor
    session.add_all((publication, edition))
    await session.exec(sa.delete(DocumentNode).where(col(DocumentNode.edition_id) == edition.id))
    await session.flush()
    session.add_all(_nodes(edition.id, reading))
    await record_audit(session, at=now, actor=actor, action="publication.rewritten", object_id=publication.id)
    await session.commit()
    return publication


async def publish(
    session: SiteSession, slug: str, *, actor: str, now: datetime, override_reason: str = ""
) -> tuple[Publication, Edition]:
    """Publish a draft, and commit.

    A second person publishes: whoever wrote the draft last may only with a reason, which is recorded.

    :raises Refused: without that reason, or when it is published already
    """
    publication, edition = await find_publication(session, slug)
    reason = override_reason.strip()[:LONGEST_REASON]
    if edition.state == "published":
        raise Refused(N_("This publication is published already."))
    if edition.created_by == actor and not reason:
        raise Refused(N_("A second person must publish what you wrote, or you must give a reason to do it yourself"))
    edition.approved_by, edition.override_reason, edition.published_at = actor, reason, now
    session.add(edition)
    await record_audit(
        session, at=now, actor=actor, action="publication.published", object_id=publication.id, note=reason
    )
    await say_published(session, publication, edition, at=now)
    await touch(session, session.site_id, PLUGIN, at=now)
    await session.commit()
    return publication, edition


async def find_publication(session: SiteSession, slug: str) -> tuple[Publication, Edition]:
    """Return a publication in whatever state, with its edition; raises ``NotFound``."""
    query = select(Publication, Edition).join(Edition, col(Edition.publication_id) == col(Publication.id))
    found = (await session.exec(query.where(Publication.slug == slug).order_by(col(Edition.number).desc()))).first()
    if found is None:
        raise NotFound(NO_PUBLICATION)
    publication, edition = found
    return publication, edition


async def _refuse_taken(session: SiteSession, slug: str) -> None:
    if (await session.exec(select(Publication).where(Publication.slug == slug))).first():
        raise Unprocessable([Fault("slug", N_("Another publication has this web address: choose a different one"))])


def _nodes(edition_id: UUID, reading: Reading) -> Iterator[DocumentNode]:
    document = reading.document
    ids = anchors(document.nodes)
    chapter = ""
    for node in document.nodes:
        chapter = node.slug if node.type == "chapter" else chapter
        yield DocumentNode(
            edition_id=edition_id,
            node_uid=node.uid,
            parent_uid=node.parent_uid,
            position=node.position,
            type=node.type,
            number_label=node.number_label,
            # A text without headings is one chapter, called as the publication is.
            heading=node.heading or (reading.manuscript.title if node.type == "chapter" else ""),
            slug=node.slug,
            chapter=chapter,
            anchor=ids[node.uid],
            html=node.html,
            text=node.text,
        )
