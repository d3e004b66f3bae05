"""``make demo``: both sites with content, a fresh sign-in link, and a quick second start."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "tools" / "demo.py"
LINK = re.compile(r"http://localhost:[0-9]+/sign-in/[\w-]+")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo-site"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
    return chosen


def test_preparing_makes_both_sites_and_prints_where_they_are(run: Any, folder: Path) -> None:
    made = run(ROOT, sys.executable, DEMO, "--folder", folder, "--no-serve")
    assert made.returncode == 0, made.stderr
    assert "http://localhost:8000\n" in made.stdout
    assert "http://parent.localhost:8000\n" in made.stdout
    assert len(LINK.findall(made.stdout)) == 1
    sites = json.loads(run(folder, "folkmoot", "site", "list", "--json").stdout)
    assert [(site["slug"], site["parent"]) for site in sites] == [("occs", "parent"), ("parent", None)]
    assert {len(site["plugins"]) for site in sites} == {4}
    assert run(folder, "folkmoot", "check").returncode == 0


def test_preparing_again_adds_nothing_but_a_new_link(run: Any, folder: Path) -> None:
    first, second = (run(ROOT, sys.executable, DEMO, "--folder", folder, "--no-serve") for _ in range(2))
    assert LINK.findall(first.stdout) != LINK.findall(second.stdout)
    assert (second.returncode, second.stderr) == (0, "")


def test_the_second_start_serves_within_five_seconds_of_work(
    run: Any, get: Any, environment: dict[str, str], folder: Path, port: int
) -> None:
    assert run(ROOT, sys.executable, DEMO, "--folder", folder, "--no-serve").returncode == 0
    command = [sys.executable, str(DEMO), "--folder", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        status, html = first_answer(get, f"http://localhost:{port}/", process)
    finally:
        process.terminate()
        _, _, used = os.wait4(process.pid, 0)
    assert (status, "Office for Community Care Standards" in html) == (200, True)
    # Processor time, not the clock's: other work on the machine must not decide.
    assert used.ru_utime + used.ru_stime < 5


def first_answer(get: Any, url: str, process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            answer: tuple[int, str] = get(url)
        except OSError:
            time.sleep(0.2)
        else:
            return answer
    raise AssertionError("the demo never answered")


def test_a_port_that_is_taken_is_said_before_any_work(run: Any, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = run(ROOT, sys.executable, DEMO, "--folder", tmp_path / "demo-site", "--port", str(taken))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Port {taken} is taken by another program: choose another with PORT=.\n"
    assert not (tmp_path / "demo-site").exists()
