"""The targets that people and programs rely on are there, and each says what it does."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {
    *("install", "demo", "test", "test-fast", "battery", "mutation", "bench", "journeys", "screenshots"),
    *("lint", "types", "docs", "lock", "wheels"),
}


def test_every_promised_target_is_there_and_is_explained() -> None:
    listed = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    explained = {line.split(maxsplit=1)[0] for line in listed.splitlines() if len(line.split(maxsplit=1)) == 2}
    assert explained >= PROMISED


def test_every_tool_that_a_target_calls_is_in_the_repository() -> None:
    called = set(re.findall(r"tools/\w+\.(?:py|sh)", (ROOT / "Makefile").read_text()))
    assert {path for path in called if not (ROOT / path).is_file()} == set()
