"""What every test run keeps: the result of each journey, and the promise that nothing is skipped where all must run."""

import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent


# `make battery` tries many more examples; a slow machine is no fault of the code, so there is no deadline.
settings.register_profile("small", deadline=None)
settings.register_profile("full", deadline=None, max_examples=2_000)


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if os.environ.get("FOLKMOOT_BATTERY") == "full" else "small")
    # Registered as plugins of the run, because hooks of this file would not see tests under plugins/.
    config.pluginmanager.register(MarksInstances())
    if results := os.environ.get("JOURNEYS_RESULTS"):
        config.pluginmanager.register(JourneyRecorder(ROOT / results))
    if os.environ.get("CI") == "true" or os.environ.get("REQUIRE_ALL") == "1":
        config.pluginmanager.register(NothingSkipped())


# Fixtures that start Folkmoot, some with a fresh database each: too slow for the inner loop.
STARTS = frozenset({"app", "run", "demo", "room", "served"})
# Here every test looks at an instance, whatever its fixture is called.
LOOKING = (ROOT / "tests" / "edge", ROOT / "tests" / "isolation")


class MarksInstances:
    """Marks tests that start Folkmoot, so that ``make test-fast`` can leave them out."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if STARTS & set(getattr(item, "fixturenames", ())) or set(LOOKING) & set(item.path.parents):
                item.add_marker("instance")


class JourneyRecorder:
    """Writes `[{"test", "journeys": [id, …], "outcome": "passed" | "failed" | "skipped"}]` when the run ends.

    What a test proves travels with its report: where several processes run tests, the one that writes collects none.
    """

    def __init__(self, results: Path) -> None:
        self.results = results
        self.journeys: dict[str, list[str]] = {}
        self.outcomes: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = set(known_journeys())
        for item in items:
            ids = [str(mark.args[0]) for mark in item.iter_markers("journey")]
            if unknown := set(ids) - known:
                raise pytest.UsageError(f"{item.nodeid} proves unknown journeys: {', '.join(sorted(unknown))}")
            item.user_properties += [("journey", name) for name in ids]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        ids = [str(value) for name, value in report.user_properties if name == "journey"]
        # A test has passed when its body did, and neither its preparation nor its clearing up failed.
        says_something = report.when == "call" or report.outcome != "passed"
        if ids and says_something and self.outcomes.get(report.nodeid) != "failed":
            self.journeys[report.nodeid], self.outcomes[report.nodeid] = ids, report.outcome

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workerinput"):
            return
        rows = [
            {"test": test, "journeys": self.journeys[test], "outcome": outcome}
            for test, outcome in sorted(self.outcomes.items())
        ]
        self.results.parent.mkdir(parents=True, exist_ok=True)
        self.results.write_text(json.dumps(rows, indent=1) + "\n")


class NothingSkipped:
    """Fails a run in which a test, or a whole file, was skipped or was expected to fail."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def note(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        if report.outcome == "skipped":
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for test in self.skipped:
            terminalreporter.write_line(f"SKIPPED where nothing may be: {test}", red=True)


def known_journeys() -> Iterator[str]:
    for area, journeys in tomllib.loads((ROOT / "tests" / "journeys.toml").read_text()).items():
        yield from (f"{area}.{number}" for number in journeys)
