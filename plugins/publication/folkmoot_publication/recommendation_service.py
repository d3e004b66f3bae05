"""What is done to recommendations: keep a table of them, or one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import select

from folkmoot.api import N_, Fault, Forbidden, SiteSession, Unprocessable, record_audit, touch
from folkmoot_publication.models import Publication, Recommendation
from folkmoot_publication.references import REFERENCE_RULE, key_of, read_reference, sort_key, title_of
from folkmoot_publication.service import PLUGIN, find_publication
from folkmoot_publication.spreadsheet import LONGEST, LONGEST_OTHER, RecommendationRow

FOR_PUBLISHERS = N_("This publication is published: what readers see may be changed by those who may publish.")


@dataclass(frozen=True, slots=True)
class Kept:
    """How many recommendations a table added, changed, and left as they were."""

    added: int
    changed: int
    unchanged: int


async def keep_recommendations(
    session: SiteSession,
    slug: str,
    rows: Sequence[RecommendationRow],
    *,
    actor: str,
    now: datetime,
    may_publish: bool,
) -> Kept:
    """Add the recommendations of a table to a publication, bring those it has up to date, and commit.

    What the table does not name stays as it is: recommendations, and fields for which it has no column.

    :param may_publish: whether the actor may change what is published
    :raises Forbidden: when the publication is published and the actor may not
    """
    publication = await _changeable(session, slug, may_publish=may_publish)
    query = select(Recommendation).where(Recommendation.publication_id == publication.id)
    held = {recommendation.ref: recommendation for recommendation in await session.exec(query)}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    for row in rows:
        recommendation = held.get(row.ref) or _blank(publication.id, row.ref)
        counts[_keep(session, recommendation, _facts(row, recommendation), new=row.ref not in held)] += 1
    note = ", ".join(f"{count} {what}" for what, count in counts.items())
    await record_audit(
        session,
        at=now,
        actor=actor,
        action="publication.recommendations_imported",
        object_id=publication.id,
        note=note,
    )
    await touch(session, session.site_id, PLUGIN, at=now)
    await session.commit()
    return Kept(**counts)


async def keep_recommendation(
    session: SiteSession,
    slug: str,
    ref: str,
    changes: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
    may_publish: bool,
) -> Recommendation:
    """Add one recommendation, or change what is named of one, and commit.

    :param changes: fields of ``RecommendationRow`` to their values; what is left out stays
    :raises Unprocessable: when the reference cannot be used, the wording is missing or something is too long
    """
    publication = await _changeable(session, slug, may_publish=may_publish)
    if read_reference(ref) != ref:
        raise Unprocessable([Fault("ref", REFERENCE_RULE)])
    query = select(Recommendation).where(Recommendation.publication_id == publication.id, Recommendation.ref == ref)
    held = (await session.exec(query)).first()
    recommendation = held or _blank(publication.id, ref)
    facts = _renamed(changes)
    if not facts.get("text", recommendation.text).strip():
        raise Unprocessable([Fault("text", N_("Enter the wording of the recommendation"))])
    if not facts.get("title", recommendation.title).strip():
        facts["title"] = title_of(facts.get("text", recommendation.text))
    if faults := _too_long(facts):
        raise Unprocessable(faults)
    _keep(session, recommendation, facts, new=held is None)
    await session.flush()
    await record_audit(
        session, at=now, actor=actor, action="publication.recommendation_kept", object_id=recommendation.id, note=ref
    )
    await touch(session, session.site_id, PLUGIN, at=now)
    await session.commit()
    return recommendation


async def _changeable(session: SiteSession, slug: str, *, may_publish: bool) -> Publication:
    publication, edition = await find_publication(session, slug)
    if edition.state == "published" and not may_publish:
        raise Forbidden(FOR_PUBLISHERS)
    return publication


def _blank(publication_id: UUID, ref: str) -> Recommendation:
    blank = key_of("")
    return Recommendation(
        publication_id=publication_id,
        ref=ref,
        ref_sort=sort_key(ref),
        title="",
        text="",
        theme_key=blank,
        status_key=blank,
    )


def _facts(row: RecommendationRow, held: Recommendation) -> dict[str, Any]:
    """Return what a row says of a recommendation; a title that was only made from the wording replaces none."""
    facts = {name: getattr(row, name) for name in row.columns if name != "ref"}
    facts["title"] = row.title if "title" in row.columns or not held.title else held.title
    facts["notes"] = {name: note for name, note in {**held.notes, **row.notes}.items() if note}
    return _renamed(facts)


def _renamed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes by the names of the columns, with the keys that belong to them."""
    facts = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
    if "response" in facts:
        facts["response_text"] = facts.pop("response")
    facts |= {f"{name}_key": key_of(facts[name]) for name in ("theme", "status") if name in facts}
    return facts


def _too_long(facts: Mapping[str, Any]) -> list[Fault]:
    limits = {**LONGEST, "response_text": LONGEST["response"]}
    return [
        Fault(name.removesuffix("_text"), N_("This is longer than it may be"))
        for name, value in facts.items()
        if isinstance(value, str) and len(value) > limits.get(name, LONGEST_OTHER)
    ]


def _keep(session: SiteSession, recommendation: Recommendation, facts: Mapping[str, Any], *, new: bool) -> str:
    changed = {name: value for name, value in facts.items() if getattr(recommendation, name) != value}
    if not new and not changed:
        return "unchanged"
    recommendation.sqlmodel_update(changed)
    session.add(recommendation)
    return "added" if new else "changed"
