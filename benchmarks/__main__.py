"""``python -m benchmarks [--only G1 G4] [--gate]``: measure the goals and say of each: met, or missed."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import page_goal, start_goal, submission_goal
from benchmarks.goals import Outcome
from benchmarks.site import PLUGINS, make_site
from benchmarks.wrk import WrkMissing, need_wrk

GOALS: dict[str, Callable[..., Outcome]] = {
    "G1": page_goal.measure,
    "G4": submission_goal.measure,
    "G13": start_goal.measure,
}
WITHOUT_LOAD = {"G13"}


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for; return the exit status."""
    asked = _parser().parse_args(arguments)
    only = asked.only or list(GOALS)
    if not set(only) <= WITHOUT_LOAD:
        try:
            need_wrk()
        except WrkMissing as missing:
            print(missing, file=sys.stderr)
            return 1
    outcomes = list(_measured(only, asked.rounds, asked.seconds))
    missed = [outcome.goal for outcome in outcomes if not outcome.met]
    print(
        f"{len(outcomes) - len(missed)} of {len(outcomes)} goals met."
        + (f" Missed: {', '.join(missed)}." * bool(missed))
    )
    return 1 if asked.gate and missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(GOALS), metavar="GOAL", help=f"of {', '.join(GOALS)}")
    parser.add_argument("--gate", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="of load for each case and round (default: %(default)s)")
    return parser


def _measured(only: list[str], rounds: int, seconds: int) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="folkmoot-bench-") as made:
        folder = Path(made)
        site = make_site(folder / "site")
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f} at the start, SQLite. Compare ratios, within this run only.")
        if lacking := [name for name in PLUGINS if name not in site.plugins]:
            print(f"Not installed or not usable here, so not measured: {', '.join(lacking)}.")
        for goal, measure in GOALS.items():
            if goal in only:
                outcome = measure(site, folder, rounds=rounds, seconds=seconds)
                print("", *outcome.lines(), sep="\n", flush=True)
                yield outcome
        print()


if __name__ == "__main__":
    sys.exit(main())
