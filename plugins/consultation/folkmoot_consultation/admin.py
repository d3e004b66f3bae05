"""What the policy team does: see consultations, publish them, read and export what was sent."""

from typing import Any

from folkmoot.api import NotFound, Refused, Request, console_page, csv_stream, redirect, say_datetime
from folkmoot.api.forms import answer_rows, count_submissions, find_sent, list_sent
from folkmoot_consultation import service
from folkmoot_consultation.exporting import as_csv
from folkmoot_consultation.service import PLUGIN
from folkmoot_consultation.timing import State, state_at

SHOWN = 100


async def index(request: Request) -> Any:
    """List all consultations with their state and how many have answered."""
    now = request.now()
    async with request.reading() as session:
        found = await service.list_consultations(session)
        listed = [(each, state_at(each, now).value, await count_submissions(session, each.form_id)) for each in found]
    may_write = f"{PLUGIN}.write" in request.who.permissions
    return await console_page(request, "consultation/admin/index.html", listed=listed, may_write=may_write)


async def show(request: Request) -> Any:
    """Show one consultation with its dates and what can be done next."""
    return await _show(request, "", [], 200)


async def _show(request: Request, reason: str, problems: list[tuple[str, str]], status: int) -> Any:
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        version = await service.newest_version(session, consultation.form_id)
        received = await count_submissions(session, consultation.form_id)
    state = state_at(consultation, request.now())
    return await console_page(
        request,
        "consultation/admin/show.html",
        status=status,
        consultation=consultation,
        state=state.value,
        is_draft=state is State.DRAFT,
        is_public=state in {State.OPEN, State.CLOSED},
        opens=say_datetime(consultation.opens_at, request.words),
        closes=say_datetime(consultation.closes_at, request.words),
        questions=sum(len(each["questions"]) for each in version.definition["pages"]),
        received=received,
        needs_reason=consultation.created_by == request.who.actor,
        may_publish=f"{PLUGIN}.publish" in request.who.permissions,
        may_write=f"{PLUGIN}.write" in request.who.permissions,
        reason=reason,
        problems=problems,
    )


async def publish(request: Request) -> Any:
    """Publish, as the second person or with a reason."""
    values = await request.values("override_reason")
    try:
        async with request.writing() as session:
            await service.publish_consultation(
                session,
                request.part("slug"),
                by=request.who.actor,
                at=request.now(),
                override_reason=values["override_reason"],
            )
    except Refused as error:
        problems = [("override_reason", request.words.gettext(str(error)))]
        return await _show(request, values["override_reason"], problems, 409)
    return redirect(request, f"/admin/consultation/{request.part('slug')}")


async def submissions(request: Request) -> Any:
    """List what was sent, oldest first."""
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        form = await service.live_form(session, consultation)
        total = await count_submissions(session, consultation.form_id)
        sent = await list_sent(session, form, limit=SHOWN)
    rows = [(each.submission, say_datetime(each.submission.received_at, request.words)) for each in sent]
    return await console_page(
        request, "consultation/admin/submissions.html", consultation=consultation, rows=rows, total=total, shown=SHOWN
    )


async def submission(request: Request) -> Any:
    """Show one submission with all its answers."""
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        form = await service.live_form(session, consultation)
        sent = await find_sent(session, form, request.path_params["submission"])
    if sent is None:
        raise NotFound("There is no such submission.")
    return await console_page(
        request,
        "consultation/admin/submission.html",
        consultation=consultation,
        submission=sent.submission,
        received=say_datetime(sent.submission.received_at, request.words),
        rows=answer_rows(form.definition, sent.answers, request.locale),
    )


async def export(request: Request) -> Any:
    """Give all submissions as CSV: a row each, a column for each question, or for each option of a multiple one."""
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        form = await service.live_form(session, consultation)
    return await csv_stream(request, as_csv(request, form), name=f"{consultation.slug}.csv")
