"""Staff pages about one person: what is held, a copy of it, erasing it, and the log of requests."""

from datetime import date, datetime, time
from typing import Any

from litestar import Response

from folkmoot.audit.chain import record
from folkmoot.privacy import requests
from folkmoot.privacy.models import RequestKind, SubjectRequest
from folkmoot.privacy.subjects import subject_hash
from folkmoot.privacy.terms import LONDON, days_left
from folkmoot.spec.descriptors import Subject
from folkmoot.spec.errors import Refused, Unprocessable
from folkmoot.web.desk import Desk
from folkmoot.web.downloads import download
from folkmoot.web.pages.console import console_page
from folkmoot.web.privacy_desk import as_json, look_up, take_out, whom, write_archive
from folkmoot.web.privacy_desk import erase as erase_person
from folkmoot.web.render import redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_

KINDS = {
    RequestKind.ACCESS: N_("A copy of what is held"),
    RequestKind.ERASURE: N_("Erasure"),
    RequestKind.RECTIFICATION: N_("Something to be put right"),
    RequestKind.OBJECTION: N_("An objection to how it is used"),
}
CONFIRM = N_("Select that you have checked who is asking, and that nothing has to be kept")
ONESELF = N_("This is your own account. Ask another administrator to erase it.")
CHOOSE_KIND = N_("Select what was asked for")
NO_DATE = N_("Enter the day on which the request came, such as 27 3 2027")
NOT_YET = N_("The day on which the request came cannot be in the future")
PARTS = ("day", "month", "year")


def _desk(request: Request) -> Desk:
    return Desk(request.platform, request.site, actor=request.who.actor)


async def index(request: Request) -> Response[str]:
    """Show the form to find a person, and the log of requests."""
    return await _index(request, "", [])


async def _index(request: Request, typed: str, problems: list[tuple[str, str]]) -> Response[str]:
    async with request.reading() as session:
        rows = [_row(request, row) for row in await requests.list_requests(session)]
    status = 422 if problems else 200
    return await console_page(request, "personal_data.html", status=status, rows=rows, subject=typed, problems=problems)


def _row(request: Request, row: SubjectRequest) -> dict[str, Any]:
    return {
        "asked": row,
        "kind": request.words.gettext(KINDS[RequestKind(row.kind)]),
        "days": days_left(row.due_at, request.now()),
        "open": row.closed_at is None,
    }


def _problems(request: Request, error: Unprocessable) -> list[tuple[str, str]]:
    return [(fault.where, request.words.gettext(fault.sentence)) for fault in error.faults]


async def _whom(request: Request) -> tuple[Subject | None, str, list[tuple[str, str]]]:
    typed = (await request.values("subject"))["subject"]
    try:
        return whom(_desk(request), typed), typed, []
    except Unprocessable as error:
        return None, typed, _problems(request, error)


async def find(request: Request) -> Response[str]:
    """Show what is held about a person, by plugin. The address is sent in the body, so that no log has it."""
    subject, typed, problems = await _whom(request)
    if subject is None:
        return await _index(request, typed, problems)
    found = await take_out(_desk(request), subject)
    return await console_page(request, "personal_data_found.html", places=as_json(found), subject=typed)


async def copy(request: Request) -> Response[Any]:
    """Send a copy of what is held about a person, to be handed to them."""
    subject, typed, problems = await _whom(request)
    if subject is None:
        return await _index(request, typed, problems)
    desk = _desk(request)
    found = await take_out(desk, subject, action="core.personal_data_copied")
    archive = write_archive(desk, found, locale=request.locale)
    return download(archive, kind="application/zip", name="personal-data.zip")


async def preview(request: Request) -> Response[str]:
    """Show how much would be erased where, with the box to confirm it."""
    subject, typed, problems = await _whom(request)
    if subject is None:
        return await _index(request, typed, problems)
    return await _preview(request, subject, typed, [])


async def _preview(request: Request, subject: Subject, typed: str, problems: list[tuple[str, str]]) -> Response[str]:
    found = await look_up(_desk(request), subject)
    return await console_page(
        request,
        "personal_data_erase.html",
        status=422 if problems else 200,
        goes=[(place.declared.title, len(place.held)) for place in found if place.declared.erase],
        stays=[(place.declared.title, place.declared.kept) for place in found if not place.declared.erase],
        subject=typed,
        problems=problems,
    )


async def erase(request: Request) -> Response[str]:
    """Erase a person, and go to the receipt."""
    subject, typed, problems = await _whom(request)
    if subject is None:
        return await _index(request, typed, problems)
    sentence = ""
    if subject.email and subject.email == request.who.email:
        sentence = ONESELF
    elif (await request.values("confirmed"))["confirmed"] != "yes":
        sentence = CONFIRM
    if sentence:
        return await _preview(request, subject, typed, [("confirmed", request.words.gettext(sentence))])
    receipt = await erase_person(_desk(request), subject)
    return redirect(request, f"/admin/personal-data/requests/{receipt.reference}")


async def new(request: Request) -> Response[str]:
    """Show the form that puts a request into the log."""
    today = request.now().astimezone(LONDON).date()
    values = {"day": str(today.day), "month": str(today.month), "year": str(today.year)}
    return await _new(request, values, [])


async def _new(request: Request, values: Any, problems: list[tuple[str, str]]) -> Response[str]:
    kinds = [(str(kind), request.words.gettext(title)) for kind, title in KINDS.items()]
    status = 422 if problems else 200
    return await console_page(
        request, "personal_data_request_new.html", status=status, values=values, problems=problems, kinds=kinds
    )


async def keep(request: Request) -> Response[str]:
    """Put a request into the log; the day by which it must be answered follows from the day it came."""
    values = await request.values("subject", "kind", *PARTS)
    problems: list[tuple[str, str]] = []
    subject = None
    try:
        subject = whom(_desk(request), values["subject"])
    except Unprocessable as error:
        problems += _problems(request, error)
    if values["kind"] not in set(RequestKind):
        problems.append(("kind", request.words.gettext(CHOOSE_KIND)))
    received = _instant(values)
    if received is None:
        problems.append(("day", request.words.gettext(NO_DATE)))
    elif received > request.now():
        problems.append(("day", request.words.gettext(NOT_YET)))
    if problems or subject is None or received is None:
        return await _new(request, values, problems)
    async with request.writing() as session:
        row = await requests.open_request(
            session,
            RequestKind(values["kind"]),
            subject_hash(subject),
            received=received,
            prefix=request.site.reference_prefix,
        )
        await _record(request, session, "core.subject_request_opened", row)
        await session.commit()
    return redirect(request, f"/admin/personal-data/requests/{row.reference}")


def _instant(values: Any) -> datetime | None:
    """Return the start of a day of the United Kingdom that was typed in three parts."""
    try:
        day = date(int(values["year"]), int(values["month"]), int(values["day"]))
        return datetime.combine(day, time(), tzinfo=LONDON)
    except (ValueError, OverflowError):
        return None


async def _record(request: Request, session: Any, action: str, row: SubjectRequest) -> None:
    at, actor = request.now(), request.who.actor
    await record(session, at=at, actor=actor, action=action, object_id=row.id, note=f"{row.kind} {row.reference}")


async def show(request: Request) -> Response[str]:
    """Show one request of the log, which is also the receipt of an erasure."""
    async with request.reading() as session:
        row = await requests.find_request(session, request.part("reference"))
    return await _show(request, row, [])


async def _show(request: Request, row: SubjectRequest, problems: list[tuple[str, str]]) -> Response[str]:
    titles = {owned.item.name: owned.item.title for owned in request.platform.registry.personal_data}
    removed = [(request.words.gettext(titles.get(name, name)), rows) for name, rows in row.removed.items()]
    status = 409 if problems else 200
    return await console_page(
        request,
        "personal_data_request.html",
        status=status,
        removed=removed,
        problems=problems,
        **_row(request, row),
    )


async def close(request: Request) -> Response[str]:
    """Note that a request has been answered."""
    async with request.writing() as session:
        row = await requests.find_request(session, request.part("reference"))
        try:
            await requests.close_request(session, row, now=request.now())
        except Refused as error:
            sentence = str(error)
        else:
            sentence = ""
            await _record(request, session, "core.subject_request_closed", row)
            await session.commit()
    if sentence:
        return await _show(request, row, [("", request.words.gettext(sentence))])
    return redirect(request, f"/admin/personal-data/requests/{row.reference}")
