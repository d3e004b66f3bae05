"""The JSON API of consultations (see the project's contract for its shapes)."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema

from folkmoot.api import PUBLIC, ApiRoute, Fault, Malformed, NotFound, Refused, Request, Unprocessable, as_response
from folkmoot.api.forms import FormDefinition, Sending, list_sent, say, submit_answers, tally, validate
from folkmoot.api.forms import all_sent as every_submission
from folkmoot_consultation import service
from folkmoot_consultation.models import Consultation
from folkmoot_consultation.pages import find_live
from folkmoot_consultation.service import Wanted
from folkmoot_consultation.timing import State, state_at, takes_answers

READ = "consultation.read"
PAGE = 100
FORM_SCHEMA = FormDefinition.model_json_schema()


class DocumentIn(BaseModel):
    """The document that is consulted on."""

    model_config = ConfigDict(extra="forbid")
    markdown: str = Field(max_length=service.LONGEST_DOCUMENT)


class ConsultationIn(BaseModel):
    """A consultation to be made. The form's own faults are found by the form engine, all at once."""

    model_config = ConfigDict(extra="forbid")
    slug: str
    title: str
    summary: str
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    form: Annotated[JsonValue, WithJsonSchema({"type": "object", "description": "pages of questions"})]
    document: DocumentIn | None = None
    audience: str = ""
    minutes: int | None = None
    email: str = ""
    post: str = ""
    telephone: str = ""


class ConsultationOut(BaseModel):
    """A consultation as it is listed."""

    slug: str
    title: str
    summary: str
    state: Literal["draft", "scheduled", "open", "closed"]
    opens_at: datetime
    closes_at: datetime


class ConsultationWhole(ConsultationOut):
    """A consultation with its questions."""

    audience: str
    minutes: int | None
    form: Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]


class ConsultationPage(BaseModel):
    """A page of consultations."""

    items: list[ConsultationOut]
    next: str | None


class PublishIn(BaseModel):
    """How to publish: a reason stands in for the second person, and is recorded."""

    model_config = ConfigDict(extra="forbid")
    override_reason: str = Field(default="", max_length=1000)


class SubmissionIn(BaseModel):
    """Answers by question key."""

    model_config = ConfigDict(extra="forbid")
    answers: Annotated[JsonValue, WithJsonSchema({"type": "object"})]
    channel: Literal["api", "web", "email", "letter", "phone", "event", "import"] = "api"
    language: Literal["en", "cy"] = "en"


class ReceiptOut(BaseModel):
    """What the respondent gets."""

    reference: str
    received_at: datetime
    ignored: list[str]


class SubmissionOut(BaseModel):
    """A submission with its answers."""

    reference: str
    received_at: datetime
    channel: str
    language: str
    answers: dict[str, str | list[str]]
    confidential: str


class SubmissionPage(BaseModel):
    """A page of submissions, oldest first."""

    items: list[SubmissionOut]
    next: str | None


class ResultsOut(BaseModel):
    """Counts of closed questions."""

    total: int
    questions: dict[str, dict[str, Any]]


async def create(request: Request, body: ConsultationIn) -> Any:
    """Make a draft."""
    facts = body.model_dump(exclude={"form", "document"})
    if not isinstance(body.form, dict):
        raise Unprocessable([Fault("form", "“form” must be an object with pages of questions.")])
    wanted = Wanted(**facts, form=body.form, document=body.document.markdown if body.document else "")
    async with request.writing() as session:
        made = await service.create_consultation(session, wanted, by=request.who.actor, at=request.now())
    return _out(made, request.now())


def _out(consultation: Consultation, now: datetime) -> ConsultationOut:
    return ConsultationOut(
        slug=consultation.slug,
        title=consultation.title,
        summary=consultation.summary,
        state=state_at(consultation, now).value,
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
    )


async def publish(request: Request, body: PublishIn) -> Any:
    """Publish a draft: 200 when it is open, 202 when it will open later."""
    now = request.now()
    async with request.writing() as session:
        published = await service.publish_consultation(
            session, request.part("slug"), by=request.who.actor, at=now, override_reason=body.override_reason
        )
    out = _out(published, now)
    return as_response(out, 202 if state_at(published, now) is State.SCHEDULED else 200)


def _may_read(request: Request) -> bool:
    return request.person is not None and READ in request.person.permissions


async def index(request: Request) -> ConsultationPage:
    """List what the public may see, and with a token everything."""
    now = request.now()
    async with request.reading() as session:
        if _may_read(request):
            found = list(await service.list_consultations(session))
        else:
            found = await service.list_public(session, now)
    return ConsultationPage(items=[_out(each, now) for each in found], next=None)


async def show(request: Request) -> ConsultationWhole:
    """Return one consultation with its questions."""
    now = request.now()
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        hidden = state_at(consultation, now) in {State.DRAFT, State.SCHEDULED}
        if hidden and not _may_read(request):
            raise NotFound("There is no such consultation.")
        version = await service.newest_version(session, consultation.form_id)
    facts = _out(consultation, now).model_dump()
    return ConsultationWhole(
        **facts, audience=consultation.audience, minutes=consultation.minutes, form=version.definition
    )


async def submit(request: Request, body: SubmissionIn) -> ReceiptOut:
    """Take a submission: durable when this returns, and once for each idempotency key."""
    live = await find_live(request)
    if not takes_answers(live.consultation, request.now()):
        raise Refused("This consultation has closed: it takes no more answers.")
    definition = live.form.definition
    checked = validate(definition, body.answers)
    if checked.problems:
        words = request.words.gettext
        raise Unprocessable(
            [Fault(f"answers.{p.key}".rstrip("."), say(p, definition, request.locale, words)) for p in checked.problems]
        )
    given = request.headers.get("idempotency-key", "")
    if len(given) > 150:
        raise Unprocessable([Fault("Idempotency-Key", "The Idempotency-Key must be 150 characters or fewer.")])
    key = f"api:{given}" if given else f"once:{request.visit.request_id}"
    sending = Sending(key=key, channel=body.channel, language=body.language)
    receipt = await submit_answers(request, live.form, checked.answers, sending, event="consultation.submitted")
    return ReceiptOut(reference=receipt.reference, received_at=receipt.received_at, ignored=list(checked.ignored))


async def submissions(request: Request) -> SubmissionPage:
    """List submissions, a page at a time."""
    after = _read_cursor(str(request.query_params.get("cursor", "")))
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        form = await service.live_form(session, consultation)
        found = await list_sent(session, form, after=after, limit=PAGE + 1)
    items = [
        SubmissionOut(
            reference=sent.submission.reference,
            received_at=sent.submission.received_at,
            channel=sent.submission.channel,
            language=sent.submission.language,
            answers=sent.answers,
            confidential=sent.submission.confidential,
        )
        for sent in found[:PAGE]
    ]
    last = found[PAGE - 1].submission if len(found) > PAGE else None
    return SubmissionPage(items=items, next=_cursor(last.received_at, last.id) if last else None)


def _cursor(at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id.hex}".encode()).decode()


def _read_cursor(text: str) -> tuple[datetime, UUID] | None:
    if not text:
        return None
    try:
        at, _, row_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return datetime.fromisoformat(at).astimezone(UTC), UUID(row_id)
    except (ValueError, binascii.Error):
        raise Malformed("The cursor is not one that this list gave.") from None


async def results(request: Request) -> ResultsOut:
    """Return exact counts of the closed questions. What is public and suppressed comes with outcomes."""
    async with request.reading() as session:
        consultation = await service.find_consultation(session, request.part("slug"))
        form = await service.live_form(session, consultation)
        answers = [sent.answers async for sent in every_submission(session, form)]
    counts = {key: each.as_json(request.locale) for key, each in tally(form.definition, answers).items()}
    return ResultsOut(total=len(answers), questions=counts)


_ONE = "/consultations/{slug:str}"
ROUTES = (
    ApiRoute(
        method="POST",
        path="/consultations",
        endpoint=create,
        permission="consultation.write",
        summary="Make a consultation as a draft",
        body=ConsultationIn,
        answer=ConsultationOut,
        status=201,
        max_body=4_000_000,
    ),
    ApiRoute(
        path="/consultations",
        endpoint=index,
        permission=PUBLIC,
        summary="List consultations",
        answer=ConsultationPage,
    ),
    ApiRoute(
        path=_ONE,
        endpoint=show,
        permission=PUBLIC,
        summary="One consultation with its questions",
        answer=ConsultationWhole,
    ),
    ApiRoute(
        method="POST",
        path=f"{_ONE}/publish",
        endpoint=publish,
        permission="consultation.publish",
        summary="Publish a draft",
        body=PublishIn,
        answer=ConsultationOut,
    ),
    ApiRoute(
        method="POST",
        path=f"{_ONE}/submissions",
        endpoint=submit,
        permission=PUBLIC,
        summary="Answer a consultation",
        body=SubmissionIn,
        answer=ReceiptOut,
        status=201,
        idempotent=True,
    ),
    ApiRoute(
        path=f"{_ONE}/submissions",
        endpoint=submissions,
        permission=READ,
        summary="List submissions",
        answer=SubmissionPage,
        query=("cursor",),
    ),
    ApiRoute(
        path=f"{_ONE}/results",
        endpoint=results,
        permission=READ,
        summary="Count the answers to closed questions",
        answer=ResultsOut,
    ),
)
