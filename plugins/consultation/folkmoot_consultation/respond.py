"""Taking part: question by question, check answers, send once, receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from folkmoot.api import N_, Busy, NotFound, Request, page, redirect, say_datetime
from folkmoot.api.forms import (
    Draft,
    Problem,
    Sending,
    answer_rows,
    as_typed,
    find_draft,
    find_receipt,
    find_sent,
    keep_answers,
    next_page,
    path,
    previous_page,
    say,
    submission_key,
    submit_answers,
    validate,
    validate_page,
    visible,
)
from folkmoot.api.privacy import count_end, count_start
from folkmoot_consultation.pages import find_live, told
from folkmoot_consultation.service import Live
from folkmoot_consultation.timing import takes_answers

LONGEST_REASON = 2_000


def _cookie(live: Live) -> str:
    return f"-draft-{live.form.form_id.hex[-12:]}"


async def _draft(request: Request, live: Live) -> Draft | None:
    async with request.reading() as session:
        return await find_draft(session, live.form.form_id, request.cookie(_cookie(live)))


async def ask(request: Request) -> Any:
    """Show a page of questions, with what was answered before."""
    live = await find_live(request)
    number = int(request.path_params["number"])
    if not 1 <= number <= len(live.form.definition.pages):
        raise NotFound("There is no such page of questions.")
    draft = await _draft(request, live) if request.cookie(_cookie(live)) else None
    if not takes_answers(live.consultation, request.now()):
        return await _closed(request, live, draft.answers if draft else {})
    answers = draft.answers if draft else {}
    if number not in path(live.form.definition, answers):
        # An address from a bookmark, or answers that no longer lead here: to the nearest page that is asked.
        onward = next_page(live.form.definition, answers, number)
        return redirect(request, _address(live, f"respond/{onward}" if onward else "check-answers"))
    return await _question_page(request, live, number, answers, answers, ())


def _address(live: Live, rest: str = "") -> str:
    return f"/consultations/{live.consultation.slug}{'/' if rest else ''}{rest}"


async def _question_page(
    request: Request,
    live: Live,
    number: int,
    values: Mapping[str, Any],
    answers: Mapping[str, Any],
    problems: Sequence[Problem],
    busy: str = "",
) -> Any:
    definition = live.form.definition
    asked = definition.pages[number - 1]
    shown = visible(definition, answers)
    said = [(p.key, say(p, definition, request.locale, request.words.gettext)) for p in problems]
    if busy:
        # Nothing is wrong with what was typed: it could not be saved at this moment.
        said = [(asked.questions[0].key, request.words.gettext(busy))]
    pages = path(definition, answers)
    before = previous_page(definition, answers, number)
    return await page(
        request,
        "consultation/question.html",
        status=503 if busy else 422 if problems else 200,
        questions=[q for q in asked.questions if q.key in shown],
        page_title=asked.title.in_(request.locale),
        values=values,
        problems=said,
        sentences=dict(reversed(said)),
        place=pages.index(number) + 1 if number in pages else 1,
        places=len(pages),
        action=request.href(_address(live, f"respond/{number}")),
        back=request.href(_address(live, f"respond/{before}" if before else "")),
        **told(request, live.consultation),
    )


async def keep(request: Request) -> Any:
    """Keep the answers of a page and go on; what cannot be kept comes back with what to change."""
    live = await find_live(request)
    number = int(request.path_params["number"])
    definition = live.form.definition
    if not 1 <= number <= len(definition.pages):
        raise NotFound("There is no such page of questions.")
    sent = await _sent_fields(request)
    draft = await _draft(request, live)
    earlier = draft.answers if draft else {}
    typed = as_typed(definition, number, sent)
    if not takes_answers(live.consultation, request.now()):
        return await _closed(request, live, {**earlier, **typed})
    checked = validate_page(definition, number, sent, earlier)
    if checked.problems:
        return await _question_page(request, live, number, typed, earlier, checked.problems)
    asked = [question.key for question in definition.pages[number - 1].questions]
    held = request.cookie(_cookie(live))
    try:
        async with request.writing() as session:
            secret = await keep_answers(
                session, live.form.form_id, held, asked=asked, answers=checked.answers, at=request.now()
            )
    except Busy as error:
        return await _question_page(request, live, number, typed, earlier, (), busy=str(error))
    if secret != held:
        request.set_cookie_header(_cookie(live), secret)
        count_start(request, _address(live))
    answers = {**{key: value for key, value in earlier.items() if key not in asked}, **checked.answers}
    onward = next_page(definition, answers, number)
    return redirect(request, _address(live, f"respond/{onward}" if onward else "check-answers"))


async def _sent_fields(request: Request) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in (await request.fields()).multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


async def check_answers(request: Request) -> Any:
    """Show all answers with a link to change each, and the button that sends them."""
    live = await find_live(request)
    draft = await _draft(request, live)
    if draft is None:
        return await _no_draft(request, live)
    if not takes_answers(live.consultation, request.now()):
        return await _closed(request, live, draft.answers)
    return await _check_page(request, live, draft, "", [])


async def _check_page(
    request: Request, live: Live, draft: Draft, reason: str, problems: list[tuple[str, str]], status: int = 422
) -> Any:
    definition = live.form.definition
    return await page(
        request,
        "consultation/check_answers.html",
        status=status if problems else 200,
        rows=answer_rows(definition, draft.answers, request.locale),
        page_href=lambda number: request.href(_address(live, f"respond/{number}")),
        back=request.href(_address(live, f"respond/{path(definition, draft.answers)[-1]}")),
        action=request.href(_address(live, "check-answers")),
        reason=reason,
        problems=problems,
        longest_reason=LONGEST_REASON,
        **told(request, live.consultation),
    )


async def send(request: Request) -> Any:
    """Send the answers, once: the same draft again is the same receipt."""
    live = await find_live(request)
    draft = await _draft(request, live)
    secret = request.cookie(_cookie(live))
    if draft is None:
        async with request.reading() as session:
            before = await find_receipt(session, live.form.form_id, submission_key(secret)) if secret else None
        return redirect(request, _address(live, "confirmation")) if before else await _no_draft(request, live)
    if not takes_answers(live.consultation, request.now()):
        return await _closed(request, live, draft.answers)
    values = await request.values("confidential")
    definition = live.form.definition
    checked = validate(definition, {k: v for k, v in draft.answers.items() if k in definition.fields})
    problems = [(p.key, say(p, definition, request.locale, request.words.gettext)) for p in checked.problems]
    if problems:
        # A page was passed over: to the first that lacks an answer, with the error beside it.
        number = definition.fields[checked.problems[0].key].page
        on_page = [p for p in checked.problems if definition.fields[p.key].page == number]
        return await _question_page(request, live, number, draft.answers, draft.answers, on_page)
    if len(values["confidential"]) > LONGEST_REASON:
        sentence = request.words.gettext(N_("Your reasons must be 2,000 characters or fewer."))
        return await _check_page(request, live, draft, values["confidential"], [("confidential", sentence)])
    sending = Sending(
        key=submission_key(secret),
        language=request.locale,
        confidential=values["confidential"],
        draft_id=draft.id,
    )
    try:
        await submit_answers(request, live.form, checked.answers, sending, event="consultation.submitted")
    except Busy as error:
        sentence = request.words.gettext(str(error))
        return await _check_page(request, live, draft, values["confidential"], [("confidential", sentence)], status=503)
    count_end(request, _address(live))
    return redirect(request, _address(live, "confirmation"))


async def confirmation(request: Request) -> Any:
    """Show the receipt, with a copy of what was sent."""
    live = await find_live(request)
    secret = request.cookie(_cookie(live))
    sent = None
    async with request.reading() as session:
        receipt = await find_receipt(session, live.form.form_id, submission_key(secret)) if secret else None
        sent = await find_sent(session, live.form, receipt.id) if receipt else None
    if receipt is None or sent is None:
        return await _no_draft(request, live)
    return await page(
        request,
        "consultation/confirmation.html",
        receipt=receipt,
        received=say_datetime(receipt.received_at, request.words),
        rows=answer_rows(live.form.definition, sent.answers, request.locale),
        confidential=sent.submission.confidential,
        **told(request, live.consultation),
    )


async def _closed(request: Request, live: Live, answers: Mapping[str, Any]) -> Any:
    """Say that it has closed, and give back what was typed, so that it can be copied."""
    rows = [row for row in answer_rows(live.form.definition, answers, request.locale) if row.values]
    request.visit.blocks = False
    return await page(request, "consultation/closed.html", status=410, rows=rows, **told(request, live.consultation))


async def _no_draft(request: Request, live: Live) -> Any:
    return await page(request, "consultation/no_draft.html", status=404, **told(request, live.consultation))
