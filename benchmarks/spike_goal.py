"""G17: the biggest known peak of a civic service, then the power cord: nothing that was acknowledged is lost."""

import asyncio
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.databases import POSTGRESQL, SHOWN, SQLITE, Backends
from benchmarks.goals import Outcome, Requirement
from benchmarks.paced import Pages, Sent, Submitting, page_load
from benchmarks.processes import Server
from benchmarks.site import DOCUMENT, SUBMISSIONS, BenchSite, answers
from benchmarks.stored import Acknowledged, lost, store_faults

TITLE = "33 submissions and 1,500 cached pages a second, then kill -9"
SUBMISSIONS_A_SECOND, PAGES_A_SECOND = 33, 1_500
SLOWEST_MS = 250
# What the generator itself may fall short by: pages due in the last instant are still on their way.
ON_TIME = 0.98
# Submissions go on until the server is gone, so that some are on their way when it is killed.
KILL_AFTER, GIVE_UP_AFTER = 1.0, 3.0
PROCESSES = {SQLITE: (1,), POSTGRESQL: (1, 2)}


@dataclass(slots=True)
class Spike:
    """What one spike did."""

    name: str
    pages: Pages
    during: Sent
    killed: Sent
    # Of the machine's cores: the server, the database's processes, and the two generators.
    cores: dict[str, float]
    faults: list[str]
    again: bool


def measure(bench: Bench) -> Outcome:
    """Measure on each database, on PostgreSQL also with two web processes."""
    cases = [(kind, processes) for kind in bench.kinds for processes in PROCESSES[kind]]
    spikes = [_spike(bench.fresh_site(kind), bench.spike_seconds, processes) for kind, processes in cases]
    return outcome(spikes)


def _spike(site: BenchSite, seconds: int, processes: int) -> Spike:
    backends = Backends(site.urls)
    with site.server(ready=DOCUMENT, workers=processes) as server:
        asyncio.run(_both(server, 2))
        backends.spent()
        before, own, start = server.cpu_seconds(), time.process_time(), time.perf_counter()
        pages, during = asyncio.run(_both(server, seconds))
        took = time.perf_counter() - start
        cores = {
            "server": (server.cpu_seconds() - before) / took,
            "PostgreSQL": backends.spent() / took,
            "wrk": pages.cpu_seconds / took,
            "this process": (time.process_time() - own) / took,
        }
        killed = asyncio.run(_kill(server))
    word = "process" if processes == 1 else "processes"
    spike = Spike(f"{SHOWN[site.kind]}, {processes} web {word}", pages, during, killed, cores, [], again=False)
    with site.server() as server:
        spike.again = server.fetch("/-/ready").status == 200
        spike.faults = kept_faults(site, during, killed)
    return spike


async def _both(server: Server, seconds: int) -> tuple[Pages, Sent]:
    submitting = Submitting(server, SUBMISSIONS, _body, SUBMISSIONS_A_SECOND)
    pages, _ = await asyncio.gather(
        asyncio.to_thread(page_load, server, DOCUMENT, PAGES_A_SECOND, seconds), submitting.run(seconds)
    )
    return pages, submitting.sent


def _body(number: int) -> bytes:
    given = answers()
    given["q1"] = f"{number}: {given['q1']}"[:180]
    return json.dumps({"answers": given}).encode()


async def _kill(server: Server) -> Sent:
    submitting = Submitting(server, SUBMISSIONS, _body, SUBMISSIONS_A_SECOND * 4)
    sending = asyncio.create_task(submitting.run(GIVE_UP_AFTER))
    await asyncio.sleep(KILL_AFTER)
    server.kill()
    await asyncio.sleep(0.2)
    submitting.stop()
    await sending
    return submitting.sent


def kept_faults(site: BenchSite, *parts: Sent) -> list[str]:
    """Return what is wrong with what was kept: each acknowledged one must be there, whole and audited."""
    references = [reference for sent in parts for reference in sent.references]
    gone = lost(site.database_urls(), references)
    faults = [f"{len(gone):,} acknowledged submissions are lost"] if gone else []
    faults += ["two submissions have one reference"] if len(set(references)) < len(references) else []
    # Of the warm-up, and of those that were never answered, some may be there as well.
    more = Acknowledged(len(references), sum(sent.unanswered for sent in parts) + SUBMISSIONS_A_SECOND * 2)
    return faults + store_faults(site, more)


def outcome(spikes: Sequence[Spike]) -> Outcome:
    """Hold the figures against the goal."""
    requirements = [requirement for spike in spikes for requirement in _requirements(spike)]
    figures = [line for spike in spikes for line in _lines(spike)]
    notes = [
        f"{os.cpu_count()} cores for everything: server, database and the generators, whose share is shown",
        "times are 99th percentiles, a submission's from when it was due; pages have 60 KB, uncompressed",
        "after kill -9, all that was acknowledged must be there, each with its answers, in a sound audit log",
    ]
    return Outcome("G17", TITLE, requirements, figures, notes)


def _requirements(spike: Spike) -> Iterator[Requirement]:
    bad = sum(count for status, count in spike.during.statuses.items() if status >= 400)
    bad += spike.pages.failed + spike.pages.broken + spike.during.unanswered
    name, slowest = spike.name, spike.during.slowest()
    yield Requirement(f"{name}: pages a second", spike.pages.rate, PAGES_A_SECOND * ON_TIME, at_least=True)
    yield Requirement(f"{name}: answers that failed or never came", bad, 0, at_least=False, shown=f"{bad:,}")
    yield Requirement(f"{name}: ms of a submission, 99th percentile", slowest, SLOWEST_MS, at_least=False)
    yield Requirement(
        f"{name}: what is wrong on the disk after kill -9",
        len(spike.faults),
        0,
        at_least=False,
        shown=", ".join(spike.faults) or "nothing",
    )
    yield Requirement(f"{name}: starts again afterwards", spike.again, 1, at_least=True, shown=str(spike.again))


def _lines(spike: Spike) -> Iterator[str]:
    sent = spike.during
    yield (
        f"{spike.name:<34}{spike.pages.rate:>7,.0f} pages a second ({spike.pages.slowest:.1f} ms), "
        f"{len(sent.references) / spike.pages.seconds:.1f} submissions a second ({sent.slowest():.1f} ms)"
    )
    cores = ", ".join(f"{who} {share:.2f}" for who, share in spike.cores.items() if share)
    unanswered = spike.killed.unanswered
    yield (
        f"{'':<34}cores: {cores}; killed after {len(spike.killed.references):,} more were acknowledged,"
        f" {unanswered:,} unanswered"
    )
