"""The JSON call for programs that show our question on pages of their own."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StrictBool

from folkmoot.api import Clash, Fault, Request, Unprocessable
from folkmoot_feedback import service
from folkmoot_feedback.paths import page_path
from folkmoot_feedback.service import Report

KEY_LIMIT = 200


class PageFeedbackIn(BaseModel):
    """What is said about one page of this site."""

    model_config = ConfigDict(extra="forbid")

    path: str
    useful: StrictBool
    what_doing: str = ""
    what_wrong: str = ""


class PageFeedbackOut(BaseModel):
    """The receipt."""

    id: UUID
    received_at: datetime


async def create(request: Request, body: PageFeedbackIn) -> PageFeedbackOut:
    """Record feedback once; the same ``Idempotency-Key`` gives the same answer."""
    key = request.headers.get("idempotency-key") or None
    if key and len(key) > KEY_LIMIT:
        raise Unprocessable([Fault("Idempotency-Key", f"“Idempotency-Key” must be {KEY_LIMIT} characters or fewer.")])
    path = page_path(body.path, request.site.locales)
    report = Report(path, body.useful, body.what_doing, body.what_wrong)
    change = service.receive(request.site.id, report, request.now(), key=key)
    if key and (earlier := await _saved(request, key)):
        return earlier
    try:
        await request.submit(change)
    except Clash:
        # Another request with this key was faster.
        earlier = await _saved(request, key) if key else None
        if earlier is None:
            raise
        return earlier
    return PageFeedbackOut(id=change.object_id, received_at=change.rows[0].values["received_at"])


async def _saved(request: Request, key: str) -> PageFeedbackOut | None:
    async with request.reading() as session:
        row = await service.find_by_key(session, key)
    return PageFeedbackOut(id=row.id, received_at=row.received_at) if row else None
