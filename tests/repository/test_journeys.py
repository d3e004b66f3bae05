"""The record of journeys: what a run writes, what `make journeys` tells, and when a skipped test fails."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import pytest

@pytest.mark.journey("site.A1")
@pytest.mark.journey("site.A2")
def test_passes():
    pass

@pytest.mark.journey("site.A2")
def test_fails():
    raise AssertionError

@pytest.fixture
def broken():
    yield
    raise RuntimeError

@pytest.mark.journey("site.A3")
def test_clears_up_badly(broken):
    pass

@pytest.mark.journey("site.A4")
def test_is_skipped():
    pytest.skip("no browser here")
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A repository with our conftest and one plugin whose tests end in every way."""
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "journeys.toml"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = journey(id)\ntestpaths = tests plugins\n")
    (tmp_path / "plugins" / "one" / "tests").mkdir(parents=True)
    return tmp_path


def run_pytest(suite: Path, content: str, **settings: str) -> subprocess.CompletedProcess[str]:
    (suite / "plugins" / "one" / "tests" / "test_ends.py").write_text(content)
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "REQUIRE_ALL"}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # No installed plugin has a part in it, and loading them all takes longer than the run.
    ours = {"JOURNEYS_RESULTS": "var/results.json", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {**kept, **ours, **settings}
    return subprocess.run(command, cwd=suite, env=environment, capture_output=True, text=True, check=False)


def test_the_last_run_decides_the_state_of_each_journey(suite: Path) -> None:
    run_pytest(suite, SUITE)
    command = [sys.executable, str(ROOT / "tools" / "journeys.py"), "--results", str(suite / "var" / "results.json")]
    answer = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
    journeys = {row["id"]: row for row in json.loads(answer)}
    states = {number: journeys[f"site.A{number}"]["state"] for number in range(1, 6)}
    assert states == {1: "passed", 2: "failed", 3: "failed", 4: "none", 5: "none"}
    assert [test.rpartition("::")[2] for test in journeys["site.A2"]["tests"]] == ["test_fails", "test_passes"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    order = [line.split()[0] for line in lines if line.startswith(("passed", "failed", "none"))]
    assert order.index("passed") == len(journeys) - 1, "journeys without a passing test come first"


def test_a_journey_that_nobody_promised_stops_the_run(suite: Path) -> None:
    result = run_pytest(suite, SUITE.replace("site.A4", "site.Z9"))
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "unknown journeys: site.Z9" in result.stderr


SKIPS = {
    "a test": "import pytest\ndef test_one():\n    pytest.skip('no browser')\n",
    "a file": "import pytest\npytest.skip('no browser', allow_module_level=True)\n",
    "a failure that is expected": "import pytest\n@pytest.mark.xfail\ndef test_one():\n    assert False\n",
}


@pytest.mark.parametrize("setting", ["CI=true", "REQUIRE_ALL=1"])
@pytest.mark.parametrize("skip", SKIPS)
def test_what_is_skipped_fails_the_run_where_nothing_may_be(suite: Path, skip: str, setting: str) -> None:
    content = SKIPS[skip]
    name, value = setting.split("=")
    (suite / "tests" / "test_other.py").write_text("def test_something_passes():\n    pass\n")
    assert run_pytest(suite, content).returncode == 0
    strict = run_pytest(suite, content, **{name: value})
    assert strict.returncode == pytest.ExitCode.TESTS_FAILED
    assert "SKIPPED where nothing may be" in strict.stdout
