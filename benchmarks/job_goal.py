"""Jobs a second of ``folkmoot worker`` beside a bare loop over the claim statement. No goal is set for the ratio."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from statistics import median
from uuid import UUID

from benchmarks.bench import Bench
from benchmarks.databases import SHOWN, execute_many, rows
from benchmarks.goals import Outcome, Requirement
from benchmarks.limits import ROOT
from benchmarks.processes import environment
from benchmarks.rounds import ratio
from benchmarks.site import FOLKMOOT, BenchSite
from folkmoot.kernel.ids import new_id
from folkmoot.kernel.settings import DatabaseUrls

TITLE = "jobs a second of the worker beside a bare loop over the claim statement"
HANDS = 4
# An event that nobody listens for: all that it takes is to take it and to say that it is done.
NAME, ARGUMENTS = "core.event", json.dumps({"event": "bench.nothing", "values": {}})
COLUMNS = (
    *("site_id", "id", "name", "key", "arguments", "state", "run_at", "worker", "attempts", "done", "total"),
    *("sentence", "error", "result", "created_at"),
)
ENDED = f"select state, attempts, count(*) from core_job where name = '{NAME}' group by state, attempts"


@dataclass(slots=True)
class Seen:
    """Jobs a second on one database, and what was not done exactly once."""

    kind: str
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def measure(bench: Bench) -> Outcome:
    """Measure on each database."""
    return outcome([_measure(bench, kind) for kind in bench.kinds], bench.jobs)


def _measure(bench: Bench, kind: str) -> Seen:
    seen, site = Seen(kind), bench.fresh_site(kind)
    asked = 0
    for number in range(min(bench.rounds, 3)):
        for ours in Random(number).sample((True, False), 2):
            if ours:
                ask(site, bench.jobs)
                asked += bench.jobs
                seen.ours.append(_work(site))
            else:
                seen.bare.append(_bare(bench, kind))
    seen.faults = job_faults(
        [(state, attempts, count) for state, attempts, count in rows(site.database_urls(), ENDED)], asked
    )
    return seen


def ask(site: BenchSite, count: int) -> None:
    """Put jobs in the queue that are due at once."""
    urls = site.database_urls()
    site_id = UUID(str(rows(urls, "select id from core_site")[0][0]))
    now = datetime.now(UTC)
    texts = ("", 0, 0, 0, "", "", "", now)
    made = [(site_id, new_id(), NAME, "", ARGUMENTS, "queued", now, *texts) for _ in range(count)]
    execute_many(urls, "core_job", COLUMNS, made)


def _work(site: BenchSite) -> float:
    command = [str(FOLKMOOT), "worker", "--drain", "--queues", "light", "--hands", str(HANDS)]
    done = subprocess.run(
        command, cwd=site.folder, env=environment(site.environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the worker failed: {done.stderr[-1000:]}")
    return rate(done.stderr)


def rate(log: str) -> float:
    """Return the jobs a second between the first and the last that a worker's log tells of."""
    lines = [json.loads(line) for line in log.splitlines() if '"event": "job"' in line]
    ended = sorted(datetime.fromisoformat(line["timestamp"]) for line in lines if line["job"] == NAME)
    if len(ended) < 2 or ended[0] == ended[-1]:
        raise RuntimeError("the worker's log tells of no jobs")
    return (len(ended) - 1) / (ended[-1] - ended[0]).total_seconds()


def _bare(bench: Bench, kind: str) -> float:
    folder = bench.fresh_folder("jobs")
    folder.mkdir()
    urls = bench.fresh_database(kind) or DatabaseUrls(f"sqlite:///{folder / 'bare.db'}")
    command = [sys.executable, "-m", "benchmarks.bare_jobs", urls.owner or urls.app, str(bench.jobs), str(HANDS)]
    said = subprocess.run(command, cwd=ROOT, env=environment({}), capture_output=True, text=True, check=True).stdout
    return bench.jobs / float(said)


def job_faults(ended: Sequence[tuple[str, int, int]], asked: int) -> list[str]:
    """Return what was not done, or not at the first try."""
    once = sum(count for state, attempts, count in ended if state == "done" and attempts == 1)
    return [] if once == asked == sum(count for *_, count in ended) else [f"{once:,} of {asked:,} jobs were done once"]


def outcome(every: Sequence[Seen], count: int) -> Outcome:
    """Say what was seen; only that every job was done once is required."""
    lines, requirements = [], []
    for seen in every:
        shown = SHOWN[seen.kind]
        share = ratio(seen.ours, seen.bare)
        lines += [f"{'folkmoot worker, ' + shown:<42}{median(seen.ours):>9,.0f} jobs a second"]
        lines += [f"{'bare loop, ' + shown:<42}{median(seen.bare):>9,.0f} jobs a second"]
        lines += [f"{'times the bare loop':<42}{share!s:>9}"]
        faults = ", ".join(seen.faults) or "nothing"
        requirements.append(
            Requirement(f"{shown}: what was not done exactly once", len(seen.faults), 0, at_least=False, shown=faults)
        )
    notes = [
        f"{count:,} jobs a round that do nothing, {HANDS} hands; one durable transaction a job on either side",
        "the bare loop neither logs nor renews leases, looks up no site and takes no turns among sites",
    ]
    return Outcome("jobs", TITLE, requirements, lines, notes)
