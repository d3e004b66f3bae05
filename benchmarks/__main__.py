"""``python -m benchmarks [--only G1 G4] [--gate]``: measure the goals and say of each: met, or missed."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import export_goal, job_goal, migration_goal, page_goal, spike_goal, start_goal, submission_goal
from benchmarks.bench import Bench, bench
from benchmarks.databases import KINDS, POSTGRESQL, SHOWN, SQLITE, missing
from benchmarks.goals import Outcome
from benchmarks.wrk import WrkMissing, need_wrk

GOALS: dict[str, Callable[[Bench], Outcome]] = {
    "G1": page_goal.measure,
    "G4": submission_goal.measure_g4,
    "G5": submission_goal.measure_g5,
    "G13": start_goal.measure,
    "G16": migration_goal.measure,
    "G17": spike_goal.measure,
    "G18": export_goal.measure,
    "jobs": job_goal.measure,
}
WITHOUT_LOAD = {"G13", "G16", "G18", "jobs"}
# On one database only.
NEEDS = {"G1": SQLITE, "G4": SQLITE, "G13": SQLITE, "G5": POSTGRESQL}


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for; return the exit status."""
    asked = _parser().parse_args(arguments)
    kinds = tuple(asked.databases)
    if POSTGRESQL in kinds and (why := missing()):
        print(f"PostgreSQL is not here, so it is not measured: {why}", file=sys.stderr)
        kinds = (SQLITE,)
    only = [goal for goal in asked.only or GOALS if NEEDS.get(goal) in {None, *kinds}]
    if not set(only) <= WITHOUT_LOAD:
        try:
            need_wrk()
        except WrkMissing as said:
            print(said, file=sys.stderr)
            return 1
    outcomes = list(_measured(only, kinds, asked))
    missed = [outcome.goal for outcome in outcomes if not outcome.met]
    print(
        f"{len(outcomes) - len(missed)} of {len(outcomes)} goals met."
        + (f" Missed: {', '.join(missed)}." * bool(missed))
    )
    return 1 if asked.gate and (missed or not outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(GOALS), metavar="GOAL", help=f"of {', '.join(GOALS)}")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS, help="default: both")
    parser.add_argument("--gate", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="of load for each case and round (default: %(default)s)")
    parser.add_argument("--submissions", type=int, default=200_000, help="in an export (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1_000, help="for a worker (default: %(default)s)")
    parser.add_argument("--spike", type=int, default=30, help="seconds of each spike (default: %(default)s)")
    return parser


def _measured(only: list[str], kinds: tuple[str, ...], asked: argparse.Namespace) -> Iterator[Outcome]:
    sizes = {"spike_seconds": asked.spike, "submissions": asked.submissions, "jobs": asked.jobs}
    with (
        tempfile.TemporaryDirectory(prefix="folkmoot-bench-") as made,
        bench(Path(made), kinds=kinds, rounds=asked.rounds, seconds=asked.seconds, **sizes) as run,
    ):
        named = " and ".join(SHOWN[kind] for kind in kinds)
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f} at the start, {named}. Compare ratios, within this run only.")
        if lacking := run.lacking():
            print(f"Not installed or not usable here, so not measured: {', '.join(lacking)}.")
        for goal in only:
            outcome = GOALS[goal](run)
            print("", *outcome.lines(), sep="\n", flush=True)
            yield outcome
        print()


if __name__ == "__main__":
    sys.exit(main())
