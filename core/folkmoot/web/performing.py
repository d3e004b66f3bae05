"""Doing one job: from its claim to how it ended."""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.kernel.registry import CORE
from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.errors import Clash, FolkmootError, TooMany
from folkmoot.store.jobs import claims
from folkmoot.store.jobs.backoff import backoff
from folkmoot.store.jobs.claims import Claim, LeaseLost
from folkmoot.web.duties import Duty
from folkmoot.web.log import log
from folkmoot.web.platform import Platform
from folkmoot.web.words import N_
from folkmoot.web.work import Work

FAILED = N_("Something went wrong that this work did not expect. The service’s log says what.")
VANISHED = N_("The work stopped in the middle each time it was tried.")
UNKNOWN = N_("Nothing here knows how to do this work: the plugin that asked for it is not running.")
PLUGIN_OFF = N_("The plugin that does this work is off on this site.")
# A plugin that is not running now may be running after the next start.
TRIES_OF_UNKNOWN = 8
# Refusals that may be none the next time: somebody else was a moment faster, or there was too much at once.
PASSING = (TooMany, Clash)
# When a job of a closed site is looked at again.
WHILE_CLOSED = timedelta(minutes=5)

# Says in the caller's transaction how a job ended.
Settle = Callable[[AsyncSession], Awaitable[None]]


async def perform(platform: Platform, claim: Claim, lease: timedelta) -> Settle | None:
    """Do a job, and return what says how it ended; nothing when it is not this worker's any more."""
    duty, site = platform.duties.get(claim.name), await _site(platform, claim.site_id)
    if site is None:
        return None
    start = time.perf_counter()
    if claim.site_id in platform.closed:
        settle, outcome = _when_open(platform, claim), "site closed"
    elif duty is None:
        settle, outcome = _again(platform, claim, UNKNOWN, tries=TRIES_OF_UNKNOWN), "unknown"
    elif duty.plugin != CORE and duty.plugin not in site.plugins:
        settle, outcome = _aside(platform, claim, PLUGIN_OFF), "plugin off"
    elif claim.attempts > duty.tries:
        settle, outcome = _aside(platform, claim, VANISHED), "vanished"
    else:
        settle, outcome = await _try(Work(platform, site, claim, lease), duty)  # type: ignore[assignment]
    log.info(
        "job",
        job=claim.name,
        id=str(claim.id),
        site=site.slug,
        attempt=claim.attempts,
        outcome=outcome,
        ms=round((time.perf_counter() - start) * 1000, 1),
    )
    return settle


async def _site(platform: Platform, site_id: UUID) -> SiteFacts | None:
    if platform.directory.stale():
        await platform.load_directory()
    return next((site for site in platform.directory.all() if site.id == site_id), None)


async def _try(work: Work, duty: Duty) -> tuple[Settle | None, str]:
    try:
        await _run(work, duty)
    except LeaseLost:
        return None, "taken over"
    except Exception as error:
        return _failed(work, duty, error), type(error).__name__
    said = work.said
    if said.get("total"):
        said["done"] = said["total"]
    return lambda session: claims.finish(session, work.claim, at=work.now(), **said), "done"


async def _run(work: Work, duty: Duty) -> None:
    """Run the job beside its heartbeat; whichever ends first ends the other."""
    doing = asyncio.ensure_future(duty.run(work))
    beating = asyncio.ensure_future(_beat(work))
    try:
        await asyncio.wait((doing, beating), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            beating.result()
        await doing
    finally:
        for task in (doing, beating):
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task


async def _beat(work: Work) -> None:
    while True:
        await asyncio.sleep(work.lease.total_seconds() / 3)
        try:
            await work.renew()
        except LeaseLost:
            raise
        except Exception as error:
            # The database may be away for a moment: the lease has two more beats.
            log.error("lease not renewed", job=work.claim.name, error=type(error).__name__)


def _failed(work: Work, duty: Duty, error: Exception) -> Settle:
    where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-1:]]
    # Not the message: it may hold what somebody typed.
    log.error(
        "job failed",
        job=work.claim.name,
        id=str(work.job_id),
        site=work.site.slug,
        attempt=work.attempt,
        error=type(error).__name__,
        at=where,
    )
    sentence = str(error) if isinstance(error, FolkmootError) else FAILED
    if isinstance(error, FolkmootError) and error.status < 500 and not isinstance(error, PASSING):
        # A rule said no: it would say so again.
        return _aside(work.platform, work.claim, sentence, **work.said)
    return _again(work.platform, work.claim, sentence, tries=duty.tries, **work.said)


def _again(platform: Platform, claim: Claim, error: str, *, tries: int, **said: Any) -> Settle:
    if claim.attempts >= tries:
        return _aside(platform, claim, error, **said)
    run_at = platform.clock.now() + backoff(claim.id, claim.attempts)
    return lambda session: claims.put_back(session, claim, run_at=run_at, error=error, **said)


def _when_open(platform: Platform, claim: Claim) -> Settle:
    """Let a job of a site that an operator has closed wait; it has not been tried."""
    run_at = platform.clock.now() + WHILE_CLOSED
    return lambda session: claims.put_back(session, claim, run_at=run_at, error="", attempts=claim.attempts - 1)


def _aside(platform: Platform, claim: Claim, error: str, **said: Any) -> Settle:
    at = platform.clock.now()
    return lambda session: claims.set_aside(session, claim, at=at, error=error, **said)
