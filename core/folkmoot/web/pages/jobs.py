"""Work in the background, for staff: what runs, what waits, what was set aside, and how far one piece of it is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from litestar import Response
from pydantic import BaseModel

from folkmoot.audit.chain import record
from folkmoot.spec.descriptors import Task
from folkmoot.spec.errors import Refused
from folkmoot.store.jobs import listing
from folkmoot.store.jobs.models import DEAD, DONE, QUEUED, RUNNING, JobRow
from folkmoot.store.scoping import SiteSession
from folkmoot.web.jobs_plugin import DECIDE
from folkmoot.web.pages.console import console_page
from folkmoot.web.render import redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_

SHOWN = 50
REFRESH_SECONDS = 5
IN_ORDER = (DEAD, RUNNING, QUEUED, DONE)
STATES = {QUEUED: N_("Waiting"), RUNNING: N_("Running"), DONE: N_("Done"), DEAD: N_("Set aside")}


class JobAnswer(BaseModel):
    """A job as programs see it."""

    id: UUID
    name: str
    state: str
    done: int
    total: int
    sentence: str
    error: str
    result: str
    created_at: datetime
    finished_at: datetime | None


async def job_call(request: Request) -> JobAnswer:
    """Answer how far a job is."""
    async with request.reading() as session:
        return JobAnswer(**listing.facts(await listing.find_job(session, request.path_params["job"])))


async def tasks(session: SiteSession, now: datetime) -> Sequence[Task]:  # noqa: ARG001
    """Return the task of looking at what was set aside."""
    waiting = await listing.count_set_aside(session)
    title = N_("Decide what happens to work that was set aside")
    return [Task(title=title, path="/admin/jobs", count=waiting)] if waiting else []


def _title(request: Request, job: JobRow) -> str:
    duty = request.platform.duties.get(job.name)
    return request.words.gettext(duty.title) if duty else job.name


async def index(request: Request) -> Response[str]:
    """List what was set aside, what runs, what waits, and what was done last."""
    async with request.reading() as session:
        counts = await listing.count_jobs(session)
        listed = [(state, await listing.list_jobs(session, state, limit=SHOWN)) for state in IN_ORDER]
    groups = [(state, [(job, _title(request, job)) for job in jobs], counts.get(state, 0)) for state, jobs in listed]
    return await console_page(request, "admin_jobs.html", groups=groups, now=request.now(), shown=SHOWN)


async def show(request: Request) -> Response[str]:
    """Show how far one piece of work is; the page comes anew every few seconds until it has ended."""
    async with request.reading() as session:
        job = await listing.find_job(session, request.path_params["job"])
    open_ = job.finished_at is None
    updating = open_ and request.query_params.get("updates") != "off"
    answer = await console_page(
        request,
        "admin_job.html",
        job=job,
        job_title=_title(request, job),
        state=STATES[job.state],
        open=open_,
        updating=updating,
        seconds=REFRESH_SECONDS,
        may_decide=DECIDE in request.who.permissions,
    )
    if updating:
        answer.headers["refresh"] = str(REFRESH_SECONDS)
    return answer


async def ask_retry(request: Request) -> Response[str]:
    """Ask whether work that was set aside shall be tried again."""
    return await _ask(request, "retry")


async def ask_delete(request: Request) -> Response[str]:
    """Ask whether work that was set aside shall be deleted."""
    return await _ask(request, "delete")


async def _ask(request: Request, decision: str) -> Response[str]:
    async with request.reading() as session:
        job = await listing.find_job(session, request.path_params["job"])
    if job.state != DEAD:
        raise Refused(listing.NOT_ASIDE)
    return await console_page(
        request, "admin_job_decision.html", job=job, job_title=_title(request, job), decision=decision
    )


async def retry(request: Request) -> Response[str]:
    """Have work that was set aside tried again."""
    now = request.now()
    async with request.writing() as session:
        job = await listing.find_job(session, request.path_params["job"])
        await listing.retry_job(session, job, at=now)
        await record(session, at=now, actor=request.who.actor, action="job.retried", object_id=job.id, note=job.name)
        await session.commit()
    return redirect(request, f"/admin/jobs/{job.id}")


async def delete(request: Request) -> Response[str]:
    """Delete work that was set aside."""
    now = request.now()
    async with request.writing() as session:
        job = await listing.find_job(session, request.path_params["job"])
        await listing.delete_job(session, job)
        await record(session, at=now, actor=request.who.actor, action="job.deleted", object_id=job.id, note=job.name)
        await session.commit()
    return redirect(request, "/admin/jobs")
