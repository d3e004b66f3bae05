"""Publications and recommendations as the JSON API and the files give them."""

from typing import Any, Final

from folkmoot_publication.catalogue import ContentsEntry, Listed
from folkmoot_publication.models import Recommendation
from folkmoot_publication.recommendations import Term

RECOMMENDATION_COLUMNS: Final = ("ref", "title", "text", "theme", "subtheme", "part", "owner", "status", "response")


def publication_record(listed: Listed) -> dict[str, Any]:
    """Return a publication as an item of a list."""
    publication, edition = listed.publication, listed.edition
    return {
        "slug": publication.slug,
        "title": publication.title,
        "summary": publication.summary,
        "kind": publication.kind,
        "state": edition.state,
        "edition": edition.number,
        "published_at": edition.published_at.isoformat() if edition.published_at else None,
        "recommendations": listed.recommendations,
    }


def contents_record(contents: tuple[ContentsEntry, ...]) -> list[dict[str, Any]]:
    """Return chapters with their sections."""
    return [
        {
            "number": entry.number,
            "heading": entry.heading,
            "slug": entry.slug,
            "sections": [{"heading": heading, "anchor": anchor} for heading, anchor in entry.sections],
        }
        for entry in contents
    ]


def recommendation_record(recommendation: Recommendation) -> dict[str, Any]:
    """Return one recommendation."""
    record: dict[str, Any] = {name: getattr(recommendation, name) for name in RECOMMENDATION_COLUMNS[:-1]}
    return record | {"response": recommendation.response_text, "notes": recommendation.notes}


def facets_record(facets: dict[str, list[Term]]) -> dict[str, list[dict[str, Any]]]:
    """Return the choices of each facet."""
    return {
        name: [{"key": term.key, "label": term.label or "Not given", "count": term.count} for term in terms]
        for name, terms in facets.items()
    }
