"""The staff page of retention: what is kept how long, when it is looked at next, and what went."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response

from folkmoot.audit.chain import record
from folkmoot.kernel.ids import new_id
from folkmoot.privacy.declarations import holding
from folkmoot.privacy.retention import UNSOUND, list_runs, set_term, site_terms
from folkmoot.privacy.terms import LONDON
from folkmoot.sites.service import SHELL, touch
from folkmoot.spec.descriptors import Term
from folkmoot.spec.errors import NotFound, Unprocessable
from folkmoot.web.pages.console import console_page
from folkmoot.web.privacy_plugin import NIGHT
from folkmoot.web.render import redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_, Translations

UNITS = ("days", "months", "years")
CHOOSE = N_("Select what is to be kept for another time")


def say_term(term: Term, words: Translations) -> str:
    """Return “2 years and 6 months” in the reader's language."""
    ngettext = words.ngettext
    said = [
        (term.years, ngettext("%(number)s year", "%(number)s years", term.years)),
        (term.months, ngettext("%(number)s month", "%(number)s months", term.months)),
        (term.days, ngettext("%(number)s day", "%(number)s days", term.days)),
    ]
    return words.gettext(N_(" and ")).join(text % {"number": number} for number, text in said if number)


def next_run(now: datetime) -> datetime:
    """Return when retention is due next."""
    local = now.astimezone(LONDON)
    today = datetime.combine(local.date(), NIGHT, tzinfo=LONDON)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), NIGHT, tzinfo=LONDON)


async def index(request: Request) -> Response[str]:
    """Show the schedule and its log."""
    return await _index(request, {}, [])


async def _index(request: Request, values: Any, problems: list[tuple[str, str]]) -> Response[str]:
    declarations = holding(request.platform.registry)
    async with request.reading() as session:
        terms = await site_terms(session, declarations)
        runs = await list_runs(session)
    words = request.words
    titles = {owned.item.name: words.gettext(owned.item.title) for owned in declarations}
    return await console_page(
        request,
        "retention.html",
        status=422 if problems else 200,
        rows=[
            (
                titles[o.item.name],
                say_term(terms[o.item.name], words) if o.item.name in terms else "",
                words.gettext(o.item.kept) if o.item.kept else "",
            )
            for o in declarations
        ],
        choices=[(name, titles[name]) for name in terms],
        runs=[(titles.get(run.source, run.source), run) for run in runs],
        next=next_run(request.now()),
        values=values,
        problems=problems,
    )


async def change(request: Request) -> Response[str]:
    """Set the site's own term for something."""
    values = await request.values("source", "number", "unit")
    number, unit = values["number"], values["unit"]
    sound = number.isascii() and number.isdigit() and len(number) <= 5 and unit in UNITS
    problems = [] if values["source"] else [("source", request.words.gettext(CHOOSE))]
    if not sound:
        problems.append(("number", request.words.gettext(UNSOUND)))
    if problems:
        return await _index(request, values, problems)
    term = Term(**{unit: int(number)})
    try:
        async with request.writing() as session:
            await set_term(session, holding(request.platform.registry), values["source"], term)
            note = f"{values['source']} {number} {unit}"
            at, actor, action = request.now(), request.who.actor, "core.retention_changed"
            await record(session, at=at, actor=actor, action=action, object_id=new_id(), note=note)
            # The privacy notice says it.
            await touch(session, request.site.id, SHELL)
            await session.commit()
    except Unprocessable:
        return await _index(request, values, [("number", request.words.gettext(UNSOUND))])
    except NotFound as error:
        return await _index(request, values, [("source", request.words.gettext(str(error)))])
    return redirect(request, "/admin/retention")
