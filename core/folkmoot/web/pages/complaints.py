"""Complaints about how personal data was used: the public form, and the staff's list."""

from typing import Any

from litestar import Response

from folkmoot.audit.chain import record
from folkmoot.privacy import complaints
from folkmoot.privacy.complaints import Complaining
from folkmoot.privacy.models import Complaint, ComplaintState
from folkmoot.privacy.terms import acknowledge_by, days_left
from folkmoot.spec.errors import Refused
from folkmoot.web.pages.console import console_page
from folkmoot.web.render import page, redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_

FIELDS = ("name", "contact", "what_happened")
TRAP = "website"
STATES = {
    ComplaintState.RECEIVED: (N_("Not acknowledged"), "orange"),
    ComplaintState.ACKNOWLEDGED: (N_("Acknowledged"), "blue"),
    ComplaintState.ANSWERED: (N_("Answered"), "green"),
}
CHOOSE = N_("Select what you have done")


async def form(request: Request) -> Response[str]:
    """Show the form."""
    return await _form(request, {}, [])


async def _form(request: Request, values: Any, problems: list[tuple[str, str]]) -> Response[str]:
    status = 422 if problems else 200
    return await page(request, "complaint.html", status=status, values=values, problems=problems, trap=TRAP)


async def send(request: Request) -> Response[str]:
    """Keep a complaint, once however often it is sent, and go to its receipt."""
    values = await request.values(*FIELDS, TRAP)
    sent = Complaining(**{name: _clean(values[name]) for name in FIELDS}, language=request.locale)
    problems = [(fault.where, request.words.gettext(fault.sentence)) for fault in sent.faults()]
    if problems:
        return await _form(request, values, problems)
    if values[TRAP]:
        # Only a program fills in a field that nobody sees. A person whose browser did it is told how to reach us.
        sentence = N_("We could not send this. Leave the last field empty, or write to us instead.")
        return await _form(request, values, [(TRAP, request.words.gettext(sentence))])
    now = request.now()
    async with request.writing() as session:
        complaint, new = await complaints.receive(session, sent, now=now, prefix=request.site.reference_prefix)
        if new:
            action = "core.complaint_received"
            await record(session, at=now, actor="public", action=action, object_id=complaint.id)
            await session.commit()
    return redirect(request, f"/complaint/received/{complaint.reference}")


def _clean(text: str) -> str:
    """Return a text with one kind of line end, without characters that no keyboard types."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in unified if c in "\n\t" or c >= " ").strip()


async def received(request: Request) -> Response[str]:
    """Show the receipt: the reference, and what happens next."""
    async with request.reading() as session:
        complaint = await complaints.find_complaint(session, request.part("reference"))
    by = acknowledge_by(complaint.received_at)
    return await page(request, "complaint_received.html", complaint=complaint, by=by)


async def index(request: Request) -> Response[str]:
    """Show staff all complaints, those that wait first."""
    async with request.reading() as session:
        rows = [_row(request, row) for row in await complaints.list_complaints(session)]
    return await console_page(request, "admin_complaints.html", rows=rows)


def _row(request: Request, complaint: Complaint) -> dict[str, Any]:
    due = acknowledge_by(complaint.received_at)
    words, colour = STATES[complaint.state]
    return {
        "complaint": complaint,
        "state": request.words.gettext(words),
        "colour": colour,
        "due": due,
        "days": days_left(due, request.now()),
        "waits": complaint.state is ComplaintState.RECEIVED,
    }


async def show(request: Request) -> Response[str]:
    """Show one complaint, and what is to be done with it."""
    async with request.reading() as session:
        complaint = await complaints.find_complaint(session, request.part("reference"))
    return await _show(request, complaint, [])


async def _show(
    request: Request, complaint: Complaint, problems: list[tuple[str, str]], status: int = 200
) -> Response[str]:
    row = _row(request, complaint)
    return await console_page(request, "admin_complaint.html", status=status, problems=problems, **row)


async def move(request: Request) -> Response[str]:
    """Note that a complaint was acknowledged or answered."""
    values = await request.values("state")
    now = request.now()
    async with request.writing() as session:
        complaint = await complaints.find_complaint(session, request.part("reference"))
        try:
            state = ComplaintState(values["state"])
            await complaints.move(session, complaint, state, now=now)
        except (ValueError, Refused) as error:
            sentence = str(error) if isinstance(error, Refused) else CHOOSE
            await session.rollback()
            problem = ("", request.words.gettext(sentence))
            return await _again(request, problem)
        action = f"core.complaint_{state}"
        await record(session, at=now, actor=request.who.actor, action=action, object_id=complaint.id)
        await session.commit()
    return redirect(request, f"/admin/complaints/{complaint.reference}")


async def _again(request: Request, problem: tuple[str, str]) -> Response[str]:
    async with request.reading() as session:
        complaint = await complaints.find_complaint(session, request.part("reference"))
    return await _show(request, complaint, [problem], status=422)
