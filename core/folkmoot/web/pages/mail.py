"""What staff see of mail, and what GOV.UK Notify tells us of it."""

import hmac
from typing import Any

from litestar import Response
from pydantic import BaseModel, ConfigDict, Field

from folkmoot.audit.chain import record as record_audit
from folkmoot.mail import overview
from folkmoot.mail.letters import read_reference
from folkmoot.mail.models import BOUNCED, FAILED, QUEUED, SENT, SUPPRESSED
from folkmoot.mail.receipts import keep_receipt
from folkmoot.mail.suppression import list_suppressions
from folkmoot.spec.descriptors import Task
from folkmoot.spec.errors import SignInRequired
from folkmoot.store.scoping import SiteSession
from folkmoot.web.api import read_body
from folkmoot.web.pages.console import console_page
from folkmoot.web.render import redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_

MOST = 100
STATES = (QUEUED, SENT, FAILED, BOUNCED, SUPPRESSED)


async def index(request: Request) -> Response[str]:
    """Show what became of the emails of the last 30 days."""
    now = request.now()
    async with request.reading() as session:
        counts = await overview.count_by_template(session, now)
        failures = await overview.list_failures(session, now, most=MOST)
        waiting = await overview.count_to_retry(session, now)
        suppressed = await list_suppressions(session, most=MOST)
    return await console_page(
        request,
        "mail/admin.html",
        counts=counts,
        states=STATES,
        failures=failures,
        to_retry=waiting,
        suppressed=suppressed,
        retried=request.query_params.get("retried", ""),
        backend=request.platform.mail.name,
    )


async def retry(request: Request) -> Response[str]:
    """Send what failed again, a few in each transaction."""
    total, now = 0, request.now()
    while True:
        async with request.writing() as session:
            some = await overview.retry_some(session, now)
        total += some
        if not some:
            break
    if total:
        async with request.writing() as session:
            await record_audit(
                session,
                at=now,
                actor=request.who.actor,
                action="mail.retried",
                object_id=request.site.id,
                note=f"{total} emails",
            )
            await session.commit()
    return redirect(request, f"/admin/mail?retried={total}")


async def tasks(session: SiteSession, now: Any) -> list[Task]:
    """Return the task that emails have failed."""
    count = await overview.count_to_retry(session, now)
    return [Task(title=N_("Emails could not be sent"), path="/admin/mail", count=count)] if count else []


class Receipt(BaseModel):
    """A delivery receipt as GOV.UK Notify sends it; what else is in it is not looked at."""

    model_config = ConfigDict(extra="ignore")
    reference: str | None = Field(default=None, max_length=1000)
    status: str = Field(max_length=50)


async def receive(request: Request) -> dict[str, bool]:
    """Keep what became of a message. What is answered is the same whether or not there is such a message."""
    expected = request.platform.configuration.settings.mail.receipts_key
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if not expected or scheme.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), expected.encode()):
        raise SignInRequired("The key of the receipts is not known.")
    receipt: Receipt = read_body(Receipt, await request.body() or b"{}")
    named = read_reference(receipt.reference or "")
    known = {site.id for site in request.platform.directory.all()}
    if named and named[0] in known:
        # One Notify service serves all sites of the instance: the reference says which site the message is of.
        async with request.platform.database.writing(named[0]) as session:
            await keep_receipt(session, named[1], receipt.status, at=request.now())
    return {"received": True}
