"""G4 and G5: a durable submission of ten answers beside the same ten answers saved bare, on each database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.bench import Bench
from benchmarks.browser_path import describe_browser_path
from benchmarks.databases import POSTGRESQL, SQLITE, Backends, analyse
from benchmarks.goals import Outcome, Requirement
from benchmarks.limits import limit_server, postgres_limit_server
from benchmarks.processes import Server
from benchmarks.rounds import Case, Generator, Load, Shots, described, interleave, rate_ratio, shoot
from benchmarks.site import SUBMISSIONS, answers
from benchmarks.stored import Acknowledged, store_faults
from benchmarks.wrk import load

CONNECTIONS = (16, 64)
SHARE, CPU_MS = 0.5, 0.5
OURS, LIMIT, GROUPED, WHOLE = "folkmoot", "limit", "grouped limit", "one-row limit"
# For information; measured with many connections only.
INFORMATIVE = {GROUPED, WHOLE}
JSON = {"Content-Type": "application/json"}
ONE_ROW = (
    "the limit keeps a row for each answer, as it did when the goal was set; the one-row limit, for information, keeps"
    " all answers as JSON in one row, as Folkmoot does"
)
PLAIN = "the same JSON body to both; Django is not installed here and not measured"
ON_POSTGRESQL = (
    "the limit is the plain way: a transaction for each submission, on a pool of 10 connections, synchronous_commit=on",
    "the grouped limit is for information: one transaction by executemany for all that wait",
    "both databases were analysed after the warm-up, as the server does by itself within a minute of work",
)


@dataclass(slots=True)
class Side:
    """One of those that are compared: where it answers, and the database's processes that work for it."""

    name: str
    server: Server
    path: str
    backends: Backends = field(default_factory=lambda: Backends(None))

    def case(self, connections: int) -> Case:
        """Return the case of this side with a number of connections."""
        body = json.dumps({"answers": answers()}).encode()
        return Case(name_of(self.name, connections), self.server, self.path, "POST", body, JSON, connections)


@dataclass(slots=True)
class Seen:
    """What a run saw; ``backends`` are CPU milliseconds of the database's processes for one submission."""

    shots: Shots = field(default_factory=dict)
    backends: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Yield a line for each case."""
        for name, shots in self.shots.items():
            spent = [ms for ms in self.backends.get(name, ())[-len(shots) :] if ms]
            yield described(name, shots) + (f"{median(spent):>9.3f} ms CPU of PostgreSQL" if spent else "")


def name_of(side: str, connections: int) -> str:
    """Return the name of a case."""
    return f"{side}, {connections} connections"


def measure_g4(bench: Bench) -> Outcome:
    """Measure on SQLite, then look at what is on the disk."""
    site, seen = bench.fresh_site(SQLITE), Seen()
    with site.server() as ours, limit_server(_limit_folder(bench)) as limit:
        sides = [
            Side(OURS, ours, SUBMISSIONS),
            Side(LIMIT, limit, "/submissions"),
            Side(WHOLE, limit, "/one-row-submissions"),
        ]
        _interleave(sides, bench, seen, Random(4))
        seen.notes += describe_browser_path(ours)
    seen.faults = store_faults(site, seen.acknowledged)
    seen.notes += [ONE_ROW, PLAIN]
    return outcome("G4", "a durable submission of 10 answers beside a raw group commit", seen, cpu=True)


def measure_g5(bench: Bench) -> Outcome:
    """Measure on PostgreSQL: first on tables that nobody has counted yet, then as on a server that works for long."""
    site, bare, seen = bench.fresh_site(POSTGRESQL), bench.fresh_database(POSTGRESQL), Seen()
    assert site.urls is not None
    assert bare is not None
    with site.server() as ours, postgres_limit_server(_limit_folder(bench), bare) as limit:
        sides = [
            Side(OURS, ours, SUBMISSIONS, Backends(site.urls)),
            Side(LIMIT, limit, "/submissions", Backends(bare)),
            Side(GROUPED, limit, "/grouped-submissions", Backends(bare)),
            Side(WHOLE, limit, "/one-row-submissions", Backends(bare)),
        ]
        first = [_first(side, bench, seen) for side in sides]
        seen.notes += [f"on a database that is new: {first[0]}"]
        # With rows in every table: what is planned for an empty one stays bad for as long as the connection lives.
        for urls in (site.urls, bare):
            analyse(urls)
        _interleave(sides, bench, seen, Random(5))
    seen.faults = store_faults(site, seen.acknowledged)
    seen.notes += [*ON_POSTGRESQL, ONE_ROW, PLAIN]
    return outcome("G5", "a durable submission of 10 answers on PostgreSQL beside bare asyncpg", seen, cpu=False)


def _limit_folder(bench: Bench) -> Path:
    folder = bench.fresh_folder("limit")
    folder.mkdir()
    (folder / "page.html").touch()
    return folder


def _first(side: Side, bench: Bench, seen: Seen) -> str:
    case = side.case(CONNECTIONS[-1])
    shot = shoot(case, counting(partial(load, seconds=bench.seconds), [side], seen))
    return described(case.name, [shot]) + f", {seen.backends.pop(case.name)[0]:.3f} ms CPU of PostgreSQL"


def _interleave(sides: list[Side], bench: Bench, seen: Seen, random: Random) -> None:
    cases = [side.case(CONNECTIONS[-1]) for side in sides if side.name in INFORMATIVE]
    cases += [side.case(count) for count in CONNECTIONS for side in sides if side.name not in INFORMATIVE]
    generate = counting(partial(load, seconds=bench.seconds), sides, seen)
    seen.shots = interleave(cases, generate, rounds=bench.rounds, random=random)


def counting(generate: Generator, sides: list[Side], seen: Seen) -> Generator:
    """Return the load generator, which also counts what Folkmoot said it had saved, and the database's CPU time."""

    def generate_and_count(case: Case) -> Load:
        side = next(side for side in sides if case.name.startswith(f"{side.name},"))
        side.backends.spent()
        made = generate(case)
        seen.backends.setdefault(case.name, []).append(side.backends.spent() * 1000 / max(1, made.answered))
        if side.name == OURS:
            seen.acknowledged.add(made.answered, unanswered=case.connections)
        return made

    return generate_and_count


def outcome(goal: str, title: str, seen: Seen, *, cpu: bool) -> Outcome:
    """Hold the figures against the goal."""
    requirements = []
    for count in CONNECTIONS:
        share = rate_ratio(seen.shots[name_of(OURS, count)], seen.shots[name_of(LIMIT, count)])
        what = f"submissions a second at {count} connections, times the limit's"
        requirements.append(Requirement(what, share.middle, SHARE, at_least=True, shown=str(share)))
    for count in CONNECTIONS if cpu else ():
        cost = median(shot.cpu_ms for shot in seen.shots[name_of(OURS, count)])
        what = f"CPU milliseconds of a submission at {count} connections"
        requirements.append(Requirement(what, cost, CPU_MS, at_least=False, shown=f"{cost:.3f}"))
    faults = ", ".join(seen.faults) or "nothing"
    requirements.append(Requirement("what is wrong on the disk", len(seen.faults), 0, at_least=False, shown=faults))
    return Outcome(goal, title, requirements, list(seen.lines()), [*seen.notes, seen.acknowledged.described()])
