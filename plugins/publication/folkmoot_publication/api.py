"""Calls of the JSON API."""

import asyncio
from typing import Any

from folkmoot.api import Fault, Request, Unprocessable, read_body
from folkmoot_publication import catalogue, service
from folkmoot_publication import recommendations as reading
from folkmoot_publication.forms import NewPublication, Publishing, RecommendationChange, manuscript_from_upload
from folkmoot_publication.recommendation_service import keep_recommendation
from folkmoot_publication.records import (
    contents_record,
    facets_record,
    publication_record,
    recommendation_record,
)
from folkmoot_publication.service import Manuscript

MOST_ITEMS = 500
USUAL_ITEMS = 100


def sees_drafts(request: Request) -> bool:
    """Say whether the caller's token may read drafts."""
    return request.person is not None and "publication.read_drafts" in request.person.permissions


async def create(request: Request) -> dict[str, Any]:
    """Create a draft from a JSON body, or from a multipart form with a Markdown file."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        manuscript = await manuscript_from_upload(request)
    else:
        body = read_body(NewPublication, await request.body())
        manuscript = Manuscript(**body.model_dump())
    read = await asyncio.to_thread(service.read_manuscript, manuscript)
    async with request.writing() as session:
        await service.create_publication(session, read, actor=request.who.actor, now=request.now())
    return await _one(request, manuscript.slug, drafts=True)


async def publish(request: Request) -> dict[str, Any]:
    """Publish a draft; an empty body is one without an override."""
    sent = await request.body()
    body = read_body(Publishing, sent) if sent.strip() else Publishing()
    slug = request.part("slug")
    async with request.writing() as session:
        await service.publish(
            session, slug, actor=request.who.actor, now=request.now(), override_reason=body.override_reason
        )
    return await _one(request, slug, drafts=True)


async def publications(request: Request) -> dict[str, Any]:
    """List publications by slug, a page at a time: published ones, and drafts for tokens that may read them."""
    limit, cursor = _limit(request), str(request.query_params.get("cursor", ""))
    async with request.reading() as session:
        listed = await catalogue.list_publications(session, drafts=sees_drafts(request))
    listed = sorted((item for item in listed if item.publication.slug > cursor), key=lambda i: i.publication.slug)
    following = listed[limit - 1].publication.slug if len(listed) > limit else None
    return {"items": [publication_record(item) for item in listed[:limit]], "next": following}


async def publication(request: Request) -> dict[str, Any]:
    """Return a publication with its contents."""
    return await _one(request, request.part("slug"), drafts=sees_drafts(request))


async def recommendations(request: Request) -> dict[str, Any]:
    """List a publication's recommendations by reference, a page at a time, with facets under the other filters."""
    limit, wanted = _limit(request), reading.read_filter(request.query_params)
    after = str(request.query_params.get("cursor", ""))
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"), drafts=sees_drafts(request))
        owner = listed.publication.id
        facets = await reading.count_facets(session, owner, wanted)
        total = await reading.count_matching(session, owner, wanted)
        rows = await reading.list_recommendations(session, owner, wanted, after=after, limit=limit + 1)
    return {
        "items": [recommendation_record(row) for row in rows[:limit]],
        "facets": facets_record(facets),
        "total": total,
        "next": rows[limit - 1].ref if len(rows) > limit else None,
    }


async def put_recommendation(request: Request, body: RecommendationChange) -> dict[str, Any]:
    """Add a recommendation, or change what the body names of one."""
    async with request.writing() as session:
        kept = await keep_recommendation(
            session,
            request.part("slug"),
            request.part("ref"),
            body.model_dump(exclude_unset=True),
            actor=request.who.actor,
            now=request.now(),
            may_publish="publication.publish" in request.who.permissions,
        )
    return recommendation_record(kept)


async def _one(request: Request, slug: str, *, drafts: bool) -> dict[str, Any]:
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, slug, drafts=drafts)
        contents = await catalogue.read_contents(session, listed.edition.id)
    return publication_record(listed) | {"chapters": contents_record(contents)}


def _limit(request: Request) -> int:
    text = str(request.query_params.get("limit", USUAL_ITEMS))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MOST_ITEMS):
        raise Unprocessable([Fault("limit", f"“limit” is a whole number from 1 to {MOST_ITEMS}.")])
    return int(text[:6])
