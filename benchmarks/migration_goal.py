"""G16: the first migration of an empty database, and how long each start looks whether there is one to run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.bench import Bench
from benchmarks.databases import POSTGRESQL, SHOWN, rows
from benchmarks.goals import Outcome, Requirement
from benchmarks.limits import ROOT
from benchmarks.processes import environment
from benchmarks.rounds import ratio
from benchmarks.site import FOLKMOOT, BenchSite, configure
from folkmoot.kernel.settings import DatabaseUrls

TITLE = "the first migration of an empty database, with all plugins"
# What Wagtail's own first migration took where the goals were set, at its fastest; it is not measured here.
WAGTAIL_SECONDS = 14.0
SHARE, CHECK_MS = 0.25, 100
TABLES = {
    "sqlite": "select name from sqlite_master where type = 'table'",
    "postgresql": "select tablename from pg_tables where schemaname = current_schema",
}


@dataclass(frozen=True, slots=True)
class Spent:
    """What one process took."""

    seconds: float
    cpu: float
    peak_mb: float = 0.0


@dataclass(slots=True)
class Seen:
    """What was seen on one database."""

    kind: str
    ours: list[Spent]
    bare: list[Spent]
    checks_ms: list[float]
    statements: int
    faults: list[str]


def measure(bench: Bench) -> Outcome:
    """Measure both, on each database."""
    return outcome([_measure(bench, kind) for kind in bench.kinds])


def _measure(bench: Bench, kind: str) -> Seen:
    statements = _record(bench, kind)
    seen = Seen(kind, [], [], [], len(statements), [])
    for number in range(bench.rounds + 1):
        for ours in Random(number).sample((True, False), 2):
            spent, tables = _ours(bench, kind) if ours else _bare(bench, kind, statements)
            # The first of each compiles Python's files.
            if number:
                (seen.ours if ours else seen.bare).append(spent)
                seen.faults = seen.faults or table_faults(tables, ours=ours)
    seen.checks_ms = _checks(bench.site(kind), bench.rounds)
    return seen


def _record(bench: Bench, kind: str) -> list[str]:
    site = _unmigrated(bench, kind)
    file = site.folder / "statements.json"
    command = [sys.executable, "-m", "benchmarks.recorded_migration", str(site.folder / "folkmoot.toml"), str(file)]
    run(command, ROOT, site.environ)
    found: list[str] = json.loads(file.read_text())
    return found


def _unmigrated(bench: Bench, kind: str) -> BenchSite:
    folder = bench.fresh_folder("empty")
    configure(folder, bench.plugins())
    return BenchSite(folder, bench.plugins(), bench.fresh_database(kind))


def _ours(bench: Bench, kind: str) -> tuple[Spent, set[str]]:
    site = _unmigrated(bench, kind)
    spent = run([str(FOLKMOOT), "db", "upgrade"], site.folder, site.environ)
    return spent, _tables(site.database_urls())


def _bare(bench: Bench, kind: str, statements: list[str]) -> tuple[Spent, set[str]]:
    folder, urls = bench.fresh_folder("bare"), bench.fresh_database(kind)
    folder.mkdir()
    (folder / "statements.json").write_text(json.dumps(statements), encoding="utf-8")
    urls = urls or DatabaseUrls(f"sqlite:///{folder / 'bare.db'}")
    command = [sys.executable, "-m", "benchmarks.bare_migration", urls.owner or urls.app, str(folder)]
    return run(command, ROOT, {}), _tables(urls)


def run(command: Sequence[str], folder: Path, environ: dict[str, str]) -> Spent:
    """Run a program to its end, and return what it took; raises with what it said when it fails."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environment(environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {said[-1000:]}")
    return Spent(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _tables(urls: DatabaseUrls) -> set[str]:
    return {row[0] for row in rows(urls, TABLES[urls.dialect])}


def table_faults(tables: set[str], *, ours: bool) -> list[str]:
    """Return what a migrated database lacks; what both sides make must be the same."""
    wanted = {"core_site", "core_form_submission", "core_job", "consultation_consultation"}
    return [f"{'Folkmoot' if ours else 'the bare run'} made no table {name}" for name in sorted(wanted - tables)]


def _checks(site: BenchSite, rounds: int) -> list[float]:
    found = []
    for _ in range(max(rounds, 3)):
        with site.server() as server:
            log = server.log
        found.append(check_ms(log.read_text()))
    return found


def check_ms(log: str) -> float:
    """Return how long the start looked for migrations, as its log says."""
    for line in log.splitlines():
        if '"event": "boot"' in line:
            return float(json.loads(line)["check_migrations"])
    raise RuntimeError("the log of the start does not say how long it looked for migrations")


def outcome(every: Sequence[Seen]) -> Outcome:
    """Hold the figures against the goal."""
    requirements, lines = [], []
    for seen in every:
        shown, seconds = SHOWN[seen.kind], median(spent.seconds for spent in seen.ours)
        share = seconds / WAGTAIL_SECONDS
        requirements += [
            Requirement(
                f"{shown}: first migration, times Wagtail's {WAGTAIL_SECONDS:g} s",
                share,
                SHARE,
                at_least=False,
                shown=f"{share:.2f} ({seconds:.2f} s)",
            ),
            Requirement(
                f"{shown}: looking for migrations at a start, in ms", median(seen.checks_ms), CHECK_MS, at_least=False
            ),
            Requirement(
                f"{shown}: what is missing afterwards",
                len(seen.faults),
                0,
                at_least=False,
                shown=", ".join(seen.faults) or "nothing",
            ),
        ]
        times = ratio([spent.seconds for spent in seen.ours], [spent.seconds for spent in seen.bare])
        lines += [_line(f"folkmoot db upgrade, {shown}", seen.ours), _line(f"bare Alembic, {shown}", seen.bare)]
        lines += [f"{'':<42}{times} times the bare run, which has the same {seen.statements} statements in one script"]
    notes = ["each in a fresh process, imports included; Wagtail's figure is the known one, taken elsewhere"]
    if any(seen.kind == POSTGRESQL for seen in every):
        notes += ["on PostgreSQL the database is made before, and its own CPU time is not counted"]
    return Outcome("G16", TITLE, requirements, lines, notes)


def _line(name: str, spent: Sequence[Spent]) -> str:
    wall, cpu = median(each.seconds for each in spent), median(each.cpu for each in spent)
    return f"{name:<42}{wall:>9.2f} s{cpu:>9.2f} s CPU"
