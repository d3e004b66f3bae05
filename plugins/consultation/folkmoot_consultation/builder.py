"""Making a consultation in the browser: its facts, then its questions one by one."""

import re
from datetime import UTC, datetime
from typing import Any

from folkmoot.api import LONDON, N_, Fault, Request, Unprocessable, console_page, redirect
from folkmoot_consultation import service
from folkmoot_consultation.service import Wanted
from folkmoot_consultation.timing import state_at

FACTS = ("title", "slug", "summary", "audience", "minutes", "email", "post", "telephone", "document")
DATES = tuple(f"{which}_{part}" for which in ("opens", "closes") for part in ("day", "month", "year", "time"))
QUESTION = ("label", "key", "hint", "type", "required", "options", "show_if")
TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?\Z", re.IGNORECASE)
SAMPLE_TIMES = {"opens_time": "9am", "closes_time": "11:59pm"}


async def start(request: Request) -> Any:
    """Show the empty form."""
    return await console_page(request, "consultation/admin/new.html", values=SAMPLE_TIMES, problems=[])


async def create(request: Request) -> Any:
    """Make a draft from the form, or show it again with what to change."""
    values = dict(await request.values(*FACTS, *DATES))
    faults: list[Fault] = []
    opens = read_instant(values, "opens", faults)
    closes = read_instant(values, "closes", faults)
    minutes = _minutes(values["minutes"], faults)
    now = request.now()
    facts: dict[str, Any] = {name: values[name] for name in FACTS if name != "minutes"}
    wanted = Wanted(**facts, minutes=minutes, opens_at=opens or now, closes_at=closes or now)
    if faults:
        dates = {"opens_at", "closes_at"}
        faults += [fault for fault in service.faults_of(wanted) if fault.where not in dates]
    else:
        try:
            async with request.writing() as session:
                made = await service.create_consultation(session, wanted, by=request.who.actor, at=now)
            return redirect(request, f"/admin/consultation/{made.slug}/questions")
        except Unprocessable as error:
            faults = list(error.faults)
    return await console_page(
        request,
        "consultation/admin/new.html",
        status=422,
        values=values,
        problems=[(_field(fault.where), request.words.gettext(fault.sentence)) for fault in faults],
    )


def _field(where: str) -> str:
    return {"opens_at": "opens_day", "closes_at": "closes_day"}.get(where, where)


def _minutes(text: str, faults: list[Fault]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return int(text[:6])
    faults.append(Fault("minutes", N_("How long it takes must be a number of minutes from 1 to 600.")))
    return None


def read_instant(values: dict[str, str], which: str, faults: list[Fault]) -> datetime | None:
    """Return the instant that date fields and a time such as “5pm” name, by UK time; what is wrong goes to faults."""
    parts = [values[f"{which}_{part}"] for part in ("year", "month", "day")]
    name = N_("The opening date") if which == "opens" else N_("The closing date")
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        faults.append(Fault(f"{which}_day", f"{name} must be a real date, such as 27 3 2027."))
        return None
    hour, minute = _clock_time(values[f"{which}_time"])
    if hour is None:
        faults.append(Fault(f"{which}_time", "Enter a time, such as 9am or 11:59pm."))
        return None
    try:
        local = datetime(int(parts[0]), int(parts[1]), int(parts[2]), hour, minute, tzinfo=LONDON)
    except ValueError:
        faults.append(Fault(f"{which}_day", f"{name} must be a real date, such as 27 3 2027."))
        return None
    instant = local.astimezone(UTC)
    if instant.astimezone(LONDON).replace(tzinfo=None) != local.replace(tzinfo=None):
        faults.append(Fault(f"{which}_time", "That time does not exist: the clocks go forward then. Choose another."))
        return None
    return instant


def _clock_time(text: str) -> tuple[int | None, int]:
    match = TIME.match(text.strip())
    if not match:
        named = {"midday": 12, "noon": 12, "midnight": 0}.get(text.strip().lower())
        return named, 0
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None, 0
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else (None, 0)


async def questions(request: Request) -> Any:
    """Show the questions so far, and the form that adds one."""
    return await _questions_page(request, {"type": "text"}, [], 200)


async def _questions_page(
    request: Request, values: dict[str, str], problems: list[tuple[str, str]], status: int
) -> Any:
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        version = await service.newest_version(session, consultation.form_id)
    return await console_page(
        request,
        "consultation/admin/questions.html",
        status=status,
        consultation=consultation,
        is_draft=consultation.published_at is None,
        state=state_at(consultation, request.now()).value,
        pages=version.definition["pages"],
        values=values,
        problems=problems,
    )


async def add_question(request: Request) -> Any:
    """Add a question at the end, or show the form again with what to change."""
    values = dict(await request.values(*QUESTION))
    question = _question(values)
    try:
        async with request.writing() as session:
            consultation = await service.find_consultation(session, request.part("slug"))
            version = await service.newest_version(session, consultation.form_id)
            changed = service.add_page(version.definition, question)
            await service.change_form(session, consultation, changed, by=request.who.actor, at=request.now())
    except Unprocessable as error:
        problems = [(_question_field(fault.where), fault.sentence) for fault in error.faults]
        return await _questions_page(request, values, problems, 422)
    return redirect(request, f"/admin/consultation/{consultation.slug}/questions")


def _question(values: dict[str, str]) -> dict[str, Any]:
    question: dict[str, Any] = {
        "key": values["key"] or suggest_key(values["label"]),
        "type": values["type"],
        "label": values["label"],
        "required": values["required"] == "yes",
    }
    if values["hint"]:
        question["hint"] = values["hint"]
    if values["show_if"]:
        question["show_if"] = values["show_if"]
    if values["type"] in {"single", "multiple"}:
        lines = [line.strip() for line in values["options"].splitlines() if line.strip()]
        question["options"] = [{"key": suggest_key(line), "label": line} for line in lines]
    return question


def suggest_key(label: str) -> str:
    """Return a key made of a label's first words."""
    words = re.findall(r"[a-z0-9]+", label.lower())
    key = "_".join(words)[:40].strip("_")
    return key if key[:1].isalpha() else f"q_{key}".rstrip("_")


def _question_field(where: str) -> str:
    parts = where.split("/")
    known = [part for part in parts if part in QUESTION]
    return known[0] if known else "label"


async def remove_question(request: Request) -> Any:
    """Take a question away."""
    values = await request.values("key")
    async with request.writing() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        version = await service.newest_version(session, consultation.form_id)
        changed = service.without_question(version.definition, values["key"])
        try:
            await service.change_form(session, consultation, changed, by=request.who.actor, at=request.now())
        except Unprocessable as error:
            problems = [("label", fault.sentence) for fault in error.faults]
        else:
            return redirect(request, f"/admin/consultation/{consultation.slug}/questions")
    return await _questions_page(request, {"type": "text"}, problems, 422)
