"""`make journeys`: every journey with its tests and how they ended in the last `make test`; unproven ones first."""

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "var" / "journeys.json"


class Journey(TypedDict):
    """One row of the answer; state is `passed`, `failed` or `none` (no test, or none that ran to its end)."""

    id: str
    tests: list[str]
    state: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.add_argument("--results", type=Path, default=RESULTS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    promises = read_promises()
    journeys = [journey(identifier, read_results(options.results)) for identifier in promises]
    if options.json:
        print(json.dumps(journeys, indent=1))
        return 0
    if not options.results.exists():
        print("No results yet: `make test` records them.\n", file=sys.stderr)
    for row in sorted(journeys, key=lambda row: row["state"] == "passed"):
        print(f"{row['state']:7} {row['id']:16} {promises[row['id']]}")
        print("".join(f"{'':25}{test}\n" for test in row["tests"]), end="")
    passed = sum(row["state"] == "passed" for row in journeys)
    print(f"\n{passed} of {len(journeys)} journeys have a test that passed")
    return 0


def read_promises() -> dict[str, str]:
    areas = tomllib.loads((ROOT / "tests" / "journeys.toml").read_text())
    return {f"{area}.{number}": words for area, rows in areas.items() for number, words in rows.items()}


def read_results(path: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(path.read_text()) if path.exists() else []
    return rows


def journey(identifier: str, results: list[dict[str, object]]) -> Journey:
    outcomes = {str(row["test"]): row["outcome"] for row in results if identifier in list_of(row["journeys"])}
    state = "none"
    if "failed" in outcomes.values():
        state = "failed"
    elif "passed" in outcomes.values():
        state = "passed"
    return {"id": identifier, "tests": sorted(outcomes), "state": state}


def list_of(value: object) -> list[object]:
    return value if isinstance(value, list) else []


if __name__ == "__main__":
    sys.exit(main())
