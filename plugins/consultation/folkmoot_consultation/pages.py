"""Finding and reading consultations."""

from collections.abc import Mapping
from typing import Any

from folkmoot.api import NotFound, Request, anchors, as_response, page, read_markdown, say_datetime
from folkmoot.api.forms import FormDefinition
from folkmoot_consultation import service
from folkmoot_consultation.models import Consultation
from folkmoot_consultation.service import PLUGIN, Live
from folkmoot_consultation.timing import State, days_left, next_change, state_at


async def find_live(request: Request) -> Live:
    """Return the published consultation of the address, remembered until consultations change.

    Drafts and scheduled ones are not there for the public: they answer as if they did not exist.
    """
    slug = request.part("slug")

    async def load() -> Live | None:
        async with request.reading() as session:
            try:
                consultation = await service.find_consultation(session, slug)
            except NotFound:
                return None
            if consultation.published_at is None:
                return None
            return Live(consultation, await service.live_form(session, consultation))

    live = await request.remember(PLUGIN, ("live", slug), load)
    if live is None or state_at(live.consultation, request.now()) is State.SCHEDULED:
        raise NotFound("There is no such consultation.")
    return live


def told(request: Request, consultation: Consultation) -> dict[str, Any]:
    """Return what pages say of a consultation: its state and its closing time in words."""
    now = request.now()
    request.fresh_until(next_change(consultation, now))
    state = state_at(consultation, now)
    return {
        "consultation": consultation,
        "state": state.value,
        "is_open": state is State.OPEN,
        "closes": say_datetime(consultation.closes_at, request.words),
        "opened": say_datetime(consultation.opens_at, request.words),
        "days_left": days_left(consultation, now) if state is State.OPEN else None,
    }


async def index(request: Request) -> Any:
    """List the consultations, open ones first; the same address with ``.json`` for programs."""
    now = request.now()
    wanted = str(request.query_params.get("state", ""))
    async with request.reading() as session:
        found = await service.list_public(session, now)
        # One that will open by itself must not be kept off the list by the page cache.
        for scheduled in await service.list_consultations(session):
            request.fresh_until(next_change(scheduled, now))
    shown = [each for each in found if wanted in {"", state_at(each, now).value}]
    if request.suffix == "json":
        return as_response({"items": [summary_of(each, request) for each in shown], "next": None}, 200)
    listed = [told(request, each) for each in shown]
    return await page(request, "consultation/index.html", listed=listed, chosen=wanted, states=("open", "closed"))


def summary_of(consultation: Consultation, request: Request) -> dict[str, Any]:
    """Return a consultation as lists of the API show it."""
    return {
        "slug": consultation.slug,
        "title": consultation.title,
        "summary": consultation.summary,
        "state": state_at(consultation, request.now()).value,
        "opens_at": consultation.opens_at.isoformat(),
        "closes_at": consultation.closes_at.isoformat(),
    }


async def overview(request: Request) -> Any:
    """Show the start page: what it is, who should answer, how long it takes, by when, and the ways to take part."""
    live = await find_live(request)
    questions = _count(live.form.definition)
    return await page(request, "consultation/overview.html", questions=questions, **told(request, live.consultation))


def _count(definition: FormDefinition) -> int:
    return sum(len(each.questions) for each in definition.pages)


async def document(request: Request) -> Any:
    """Show the document that is consulted on, in numbered paragraphs."""
    live = await find_live(request)
    if not live.consultation.document:
        raise NotFound("This consultation has no document.")
    draft = read_markdown(live.consultation.document)
    return await page(
        request,
        "consultation/document.html",
        nodes=draft.nodes,
        anchors=anchors(draft.nodes),
        **told(request, live.consultation),
    )


async def home_block(request: Request) -> Mapping[str, object] | None:
    """Return the open consultations for the home page."""
    now = request.now()
    async with request.reading() as session:
        for scheduled in await service.list_consultations(session):
            request.fresh_until(next_change(scheduled, now))
        found = [each for each in await service.list_public(session, now) if state_at(each, now) is State.OPEN]
    return {"listed": [told(request, each) for each in found[:5]]}
