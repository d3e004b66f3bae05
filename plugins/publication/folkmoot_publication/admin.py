"""Staff pages of publications: list, write, preview, publish."""

import asyncio
from typing import Any

from litestar import Response

from folkmoot.api import Refused, Request, Unprocessable, console_page, read_markdown, redirect
from folkmoot_publication import catalogue, service
from folkmoot_publication.forms import manuscript_from_form
from folkmoot_publication.models import KINDS, STATES
from folkmoot_publication.pages import described
from folkmoot_publication.service import Manuscript

HOME = "/admin/publication"


async def publications(request: Request) -> Response[str]:
    """List all publications, drafts too."""
    async with request.reading() as session:
        listed = await catalogue.list_publications(session, drafts=True)
    return await console_page(
        request,
        "publication/admin_list.html",
        listed=listed,
        states=STATES,
        kinds=KINDS,
        may_write=may(request, "write"),
    )


async def new_form(request: Request) -> Response[str]:
    """Show the empty form of a new publication."""
    return await _form(request, Manuscript(slug="", title="", kind=""), [])


async def create(request: Request) -> Response[str]:
    """Create a draft, or show the form again with what is wrong and everything that was typed."""
    manuscript = await manuscript_from_form(request)
    try:
        read = await asyncio.to_thread(service.read_manuscript, manuscript)
        async with request.writing() as session:
            await service.create_publication(session, read, actor=request.who.actor, now=request.now())
    except Unprocessable as error:
        return await _form(request, manuscript, problems_of(request, error))
    return redirect(request, f"{HOME}/{manuscript.slug}")


async def edit_form(request: Request) -> Response[str]:
    """Show the form of a draft."""
    async with request.reading() as session:
        publication, edition = await service.find_publication(session, request.part("slug"))
    manuscript = service.manuscript_of(publication, edition)
    return await _form(request, manuscript, [], editing=publication.slug, seen=service.fingerprint(manuscript))


async def rewrite(request: Request) -> Response[str]:
    """Put what was typed in place of a draft."""
    slug = request.part("slug")
    manuscript = await manuscript_from_form(request)
    seen = (await request.values("seen"))["seen"]
    try:
        read = await asyncio.to_thread(service.read_manuscript, manuscript)
        async with request.writing() as session:
            await service.rewrite_draft(session, slug, read, actor=request.who.actor, now=request.now(), seen=seen)
    except Unprocessable as error:
        return await _form(request, manuscript, problems_of(request, error), editing=slug, seen=seen)
    except Refused as error:
        problems = [("", request.words.gettext(str(error)))]
        async with request.reading() as session:
            held = service.manuscript_of(*await service.find_publication(session, slug))
        # Who has been told, and saves again, means it.
        now_seen = service.fingerprint(held)
        return await _form(request, manuscript, problems, editing=slug, status=409, seen=now_seen)
    return redirect(request, f"{HOME}/{manuscript.slug}")


async def _form(
    request: Request,
    manuscript: Manuscript,
    problems: list[tuple[str, str]],
    *,
    editing: str = "",
    status: int = 422,
    seen: str = "",
) -> Response[str]:
    return await console_page(
        request,
        "publication/admin_form.html",
        status=status if problems else 200,
        manuscript=manuscript,
        problems=problems,
        editing=editing,
        seen=seen,
        kinds=KINDS,
    )


async def overview(request: Request) -> Response[str]:
    """Show a publication to staff: its state, its chapters, what the reader of Markdown noticed, and what to do."""
    return await _overview(request)


async def publish(request: Request) -> Response[str]:
    """Publish a draft, or say why not."""
    reason = (await request.values("override_reason"))["override_reason"]
    slug = request.part("slug")
    try:
        async with request.writing() as session:
            await service.publish(session, slug, actor=request.who.actor, now=request.now(), override_reason=reason)
    except Refused as error:
        return await _overview(request, [("override_reason", request.words.gettext(str(error)))], reason)
    return redirect(request, f"{HOME}/{slug}")


async def _overview(
    request: Request, problems: list[tuple[str, str]] | None = None, override_reason: str = ""
) -> Response[str]:
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"), drafts=True)
        contents = await catalogue.read_contents(session, listed.edition.id)
    document = await asyncio.to_thread(read_markdown, listed.edition.markdown, request.words.gettext)
    return await console_page(
        request,
        "publication/admin_publication.html",
        status=422 if problems else 200,
        **described(listed),
        contents=contents,
        states=STATES,
        warnings=document.warnings,
        problems=problems or [],
        override_reason=override_reason,
        own=listed.edition.created_by == request.who.actor,
        may_write=may(request, "write"),
        may_publish=may(request, "publish"),
    )


async def preview(request: Request) -> Response[str]:
    """Show a chapter of a draft as readers will see it."""
    async with request.reading() as session:
        listed = await catalogue.find_readable(session, request.part("slug"), drafts=True)
        found, contents = await catalogue.read_chapter(session, listed.edition.id, request.part("chapter"))
    base = f"{HOME}/{listed.publication.slug}"
    return await console_page(
        request, "publication/admin_chapter.html", **described(listed), chapter=found, contents=contents, base=base
    )


def may(request: Request, verb: str) -> bool:
    """Say whether the person who asks has a permission of this plugin."""
    return f"publication.{verb}" in request.who.permissions


def problems_of(request: Request, error: Unprocessable) -> list[tuple[str, str]]:
    """Return faults for the error summary, in the reader's language."""
    found: list[tuple[str, Any]] = [(fault.where, request.words.gettext(fault.sentence)) for fault in error.faults]
    return found
