"""G4: a durable submission of ten answers beside a raw group commit of the same ten answers."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.browser_path import describe_browser_path
from benchmarks.goals import Outcome, Requirement
from benchmarks.page_goal import limit_server
from benchmarks.processes import Server
from benchmarks.rounds import Case, Load, Shots, described, interleave, rate_ratio
from benchmarks.site import SUBMISSIONS, BenchSite, answers
from benchmarks.stored import Acknowledged, store_faults
from benchmarks.wrk import load

TITLE = "a durable submission of 10 answers beside a raw group commit"
CONNECTIONS = (16, 64)
SHARE, CPU_MS = 0.5, 0.5


def measure(site: BenchSite, folder: Path, *, rounds: int, seconds: int) -> Outcome:
    """Measure the goal, then look at what is on the disk."""
    (folder / "page.html").touch()
    acknowledged = Acknowledged()
    with site.server() as ours, limit_server(folder) as limit:
        cases = [case for count in CONNECTIONS for case in _cases(ours, limit, count)]
        generate = _counting(partial(load, seconds=seconds), ours, acknowledged)
        shots = interleave(cases, generate, rounds=rounds, random=Random(4))
        browser = describe_browser_path(ours)
    return outcome(shots, store_faults(site, acknowledged), [*browser, acknowledged.described(), _CONDITIONS])


_CONDITIONS = "the same JSON body to both; Django is not installed here and not measured"


def _cases(ours: Server, limit: Server, connections: int) -> tuple[Case, Case]:
    body = json.dumps({"answers": answers()}).encode()
    headers = {"Content-Type": "application/json"}
    return (
        Case(_ours(connections), ours, SUBMISSIONS, "POST", body, headers, connections),
        Case(_limit(connections), limit, "/submissions", "POST", body, headers, connections),
    )


def _ours(connections: int) -> str:
    return f"folkmoot, {connections} connections"


def _limit(connections: int) -> str:
    return f"limit, {connections} connections"


def _counting(generate: Callable[[Case], Load], server: Server, acknowledged: Acknowledged) -> Callable[[Case], Load]:
    """Return the load generator, which also counts what the server said it had saved."""

    def counting(case: Case) -> Load:
        made = generate(case)
        if case.server is server:
            acknowledged.add(made.answered, unanswered=case.connections)
        return made

    return counting


def outcome(shots: Shots, faults: list[str], notes: list[str]) -> Outcome:
    """Hold the figures against the goal."""
    requirements = []
    for count in CONNECTIONS:
        share = rate_ratio(shots[_ours(count)], shots[_limit(count)])
        what = f"submissions a second at {count} connections, times the limit's"
        requirements.append(Requirement(what, share.middle, SHARE, at_least=True, shown=str(share)))
    for count in CONNECTIONS:
        cost = median(shot.cpu_ms for shot in shots[_ours(count)])
        what = f"CPU milliseconds of a submission at {count} connections"
        requirements.append(Requirement(what, cost, CPU_MS, at_least=False, shown=f"{cost:.3f}"))
    requirements.append(
        Requirement("what is wrong on the disk", len(faults), 0, at_least=False, shown=", ".join(faults) or "nothing")
    )
    figures = [described(name, shots[name]) for name in shots]
    return Outcome("G4", TITLE, requirements, figures, notes)
