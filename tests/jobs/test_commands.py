"""``folkmoot jobs`` and ``folkmoot worker``, as an operator runs them."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from folkmoot.cli.main import main

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def run(tally: Any, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a thread, with an event loop of its own."""
    config = str(tally.platform.configuration.path)

    def call(arguments: tuple[str, ...]) -> int:
        try:
            main(["--config", config, *arguments])
        except SystemExit as end:
            return int(end.code or 0)
        raise AssertionError("a command ends with a status")

    async def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        status = await asyncio.to_thread(call, arguments)
        return (status, *capfd.readouterr())

    return run


@pytest.fixture
def drain(tally: Any) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a worker until nothing is due: a process, since it listens to signals."""
    command = [sys.executable, "-m", "folkmoot.cli.main", "--config", str(tally.platform.configuration.path)]

    def drain(*options: str) -> subprocess.CompletedProcess[str]:
        whole = [*command, "worker", "--drain", *options]
        return subprocess.run(whole, capture_output=True, text=True, timeout=60, check=False)

    return drain


async def test_an_operator_lists_tries_again_and_drains(tally: Any, run: Run, drain: Any, now: datetime) -> None:
    there = tally.instance.other_site
    one, other = await tally.ask("tally.refuse", at=now), await tally.ask("tally.refuse", at=now, site=there)
    drained = drain()
    assert (drained.returncode, drained.stdout) == (0, "")
    assert "Jobs begun: " in drained.stderr
    dead = json.loads((await run("jobs", "dead", "--json"))[1])
    assert [(job["id"], job["site"], job["state"]) for job in dead] == [
        (str(one), "occs", "dead"),
        (str(other), "parent", "dead"),
    ]
    assert dead[0]["error"] == "The file has no rows: send one that has."
    assert "no rows" in (await run("jobs", "dead", "--site", "parent"))[1]
    again = json.loads((await run("jobs", "retry", str(one), "--json"))[1])
    assert again == [{"id": str(one), "site": "occs", "name": "tally.refuse"}]
    listed = json.loads((await run("jobs", "list", "--state", "queued", "--json"))[1])
    assert [job["id"] for job in listed] == [str(one)]
    assert (await run("jobs", "retry", "--all", "--site", "parent"))[0] == 0
    assert (await tally.job(other, there)).state == "queued"


async def test_commands_that_are_used_wrongly_say_so_in_a_sentence(run: Run) -> None:
    refused = {
        ("jobs", "retry"): "Name the job by its id, or give --all.",
        ("jobs", "retry", "seven"): "“seven” is not the id of a job.",
        ("jobs", "retry", "01990000-0000-7000-8000-000000000000"): "No job of that id was set aside.",
        ("worker", "--queues", "fast"): "--queues takes light and heavy, separated by a comma.",
        ("jobs", "list", "--site", "nowhere"): "There is no site called nowhere.",
    }
    for arguments, sentence in refused.items():
        status, out, err = await run(*arguments)
        assert (status, out, err.strip().splitlines()[-1]) == (1, "", sentence)


async def test_a_worker_for_heavy_jobs_leaves_light_ones(tally: Any, drain: Any, now: datetime) -> None:
    hard, easy = await tally.ask("tally.hard", at=now), await tally.ask("tally.count", at=now)
    assert drain("--queues", "heavy").returncode == 0
    assert ((await tally.job(hard)).state, (await tally.job(easy)).state) == ("done", "queued")
