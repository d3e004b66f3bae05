"""Reading recommendations: filtered, counted by facet, in pages; and each with its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from folkmoot.api import N_, NotFound, SiteSession
from folkmoot_publication.models import Recommendation
from folkmoot_publication.references import key_of, sort_key

PAGE_LENGTH: Final = 20
FACETS: Final = {"theme": N_("Theme"), "status": N_("Status")}
SORTS: Final = {
    "ref": N_("Number"),
    "title": N_("Title"),
    "theme": N_("Theme"),
    "status": N_("Status"),
}
NO_RECOMMENDATION = N_("There is no such recommendation in this publication.")
NO_PAGE = N_("This list has no such page.")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which recommendations: keys of a theme and of a status, empty for any."""

    theme: str = ""
    status: str = ""

    def active(self) -> dict[str, str]:
        """Return the facets that are filtered by, and their keys."""
        return {name: key for name in FACETS if (key := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Term:
    """One choice of a facet, and how many recommendations it would leave."""

    key: str
    label: str
    count: int


def read_filter(query: Mapping[str, Any]) -> Filter:
    """Return the filter that an address asks for; a label does as well as its key."""
    given = {name: str(query.get(name, "")).strip() for name in FACETS}
    return Filter(**{name: key_of(value) if value else "" for name, value in given.items()})


def _key(name: str) -> Any:
    return col(Recommendation.theme_key if name == "theme" else Recommendation.status_key)


def _conditions(publication_id: UUID, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [col(Recommendation.publication_id) == publication_id]
    return conditions + [_key(name) == key for name, key in wanted.active().items()]


async def count_terms(session: SiteSession, publication_id: UUID, wanted: Filter, name: str) -> list[Term]:
    """Return the choices of a facet with counts under all other active filters."""
    others = replace(wanted, **{name: ""})
    rows = select(Recommendation).where(*_conditions(publication_id, others)).subquery()
    key = rows.c[f"{name}_key"]
    query = select(key, sa.func.min(rows.c[name]), sa.func.count()).group_by(key)
    terms = [Term(key, label, count) for key, label, count in await session.exec(query)]
    return sorted(terms, key=lambda term: (not term.label, term.label.casefold()))


async def count_facets(session: SiteSession, publication_id: UUID, wanted: Filter) -> dict[str, list[Term]]:
    """Return every facet's choices by the facet's name."""
    return {name: await count_terms(session, publication_id, wanted, name) for name in FACETS}


async def count_matching(session: SiteSession, publication_id: UUID, wanted: Filter) -> int:
    """Return how many recommendations the filter leaves."""
    query = select(sa.func.count()).select_from(Recommendation).where(*_conditions(publication_id, wanted))
    return (await session.exec(query)).one()


async def list_recommendations(
    session: SiteSession,
    publication_id: UUID,
    wanted: Filter,
    *,
    sort: str = "ref",
    after: str = "",
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[Recommendation]:
    """Return the recommendations that the filter leaves.

    :param after: a reference; with the order of references, only what comes after it
    """
    conditions = _conditions(publication_id, wanted)
    if after:
        conditions.append(col(Recommendation.ref_sort) > sort_key(after))
    query = select(Recommendation).where(*conditions).order_by(*_order(sort)).offset(offset)
    return (await session.exec(query.limit(limit))).all()


def _order(sort: str) -> list[Any]:
    first = {"title": col(Recommendation.title), "theme": col(Recommendation.theme_key)}
    first["status"] = col(Recommendation.status_key)
    return [*([first[sort]] if sort in first else []), col(Recommendation.ref_sort)]


async def find_recommendation(session: SiteSession, publication_id: UUID, ref: str) -> Recommendation:
    """Return one recommendation; raises ``NotFound``."""
    query = select(Recommendation).where(
        col(Recommendation.publication_id) == publication_id, col(Recommendation.ref) == ref
    )
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound(NO_RECOMMENDATION)
    return found


async def find_neighbours(
    session: SiteSession, recommendation: Recommendation
) -> tuple[Recommendation | None, Recommendation | None]:
    """Return the recommendations before and after one, by reference."""
    order = col(Recommendation.ref_sort)
    own = select(Recommendation).where(col(Recommendation.publication_id) == recommendation.publication_id)
    before = own.where(order < recommendation.ref_sort).order_by(order.desc()).limit(1)
    after = own.where(order > recommendation.ref_sort).order_by(order).limit(1)
    return (await session.exec(before)).first(), (await session.exec(after)).first()
