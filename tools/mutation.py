"""`make mutation`: changes the code on purpose, one place at a time, and counts how many changes a test notices.

A change is made in a copy of core that tests import in place of ours. Our own small tool because the kept ones expect
one package in `src/`, not several distributions in one tree.
"""

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "core"
GOAL = 0.85
SECONDS = 120  # a change that makes tests run on for ever has been noticed


@dataclass(frozen=True)
class Target:
    """A module whose tests must bite, and where those tests are."""

    module: str
    tests: tuple[str, ...]


TARGETS = {
    "scoping": Target("folkmoot/store/scoping.py", ("tests/store",)),
    "routing": Target("folkmoot/forms/routing.py", ("tests/forms",)),
    "retention": Target("folkmoot/privacy/terms.py", ("tests/privacy/test_terms.py",)),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", choices=[*TARGETS, []], help="which; all of them if left out")
    chosen = parser.parse_args().names or list(TARGETS)
    return max([examine(name, TARGETS[name]) for name in chosen])


def examine(name: str, target: Target) -> int:
    missing = [path for path in (f"core/{target.module}", *target.tests) if not (ROOT / path).exists()]
    if missing:
        print(f"{name}: nothing to examine yet, for {' and '.join(missing)} is not there", file=sys.stderr)
        return 1
    source = (CORE / target.module).read_text()
    if notices(ast.unparse(ast.parse(source)), target):
        print(f"{name}: its tests fail before anything is changed", file=sys.stderr)
        return 1
    changes = list(mutants(source))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        noticed = list(pool.map(lambda mutant: notices(mutant.source, target), changes))
    survivors = [mutant for mutant, killed in zip(changes, noticed, strict=True) if not killed]
    return report(name, target, len(changes), survivors)


def notices(source: str, target: Target) -> bool:
    """True where a test fails, or never ends, with this source in place of the module's own."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        shutil.copytree(CORE / "folkmoot", Path(folder) / "folkmoot", ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / target.module).write_text(source)
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not browser and not slow", *target.tests]
        try:
            run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return True
    return run.returncode != 0


def report(name: str, target: Target, count: int, survivors: list[Mutant]) -> int:
    for mutant in survivors:
        print(f"  no test notices core/{target.module}:{mutant.line}: {mutant.before}  ->  {mutant.after}")
    share = 1 - len(survivors) / count
    verdict = "met" if share >= GOAL else "missed"
    print(f"{name}: tests notice {count - len(survivors)} of {count} changes, {share:.0%} (goal {GOAL:.0%}: {verdict})")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
