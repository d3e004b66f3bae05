"""``folkmoot jobs`` and ``folkmoot worker``, as an operator runs them."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest


@pytest.fixture
def run(tally: Any, installed: Mapping[str, str]) -> Any:
    config = tally.platform.configuration.path

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "folkmoot.cli.main", "--config", str(config), *arguments]
        return subprocess.run(command, env=dict(installed), capture_output=True, text=True, timeout=60, check=False)

    return run


async def test_an_operator_lists_tries_again_and_drains(tally: Any, run: Any, now: datetime) -> None:
    there = tally.instance.other_site
    one, other = await tally.ask("tally.refuse", at=now), await tally.ask("tally.refuse", at=now, site=there)
    drained = run("worker", "--drain")
    assert (drained.returncode, drained.stdout) == (0, "")
    assert "Jobs begun: " in drained.stderr
    dead = json.loads(run("jobs", "dead", "--json").stdout)
    assert [(job["id"], job["site"], job["state"]) for job in dead] == [
        (str(one), "occs", "dead"),
        (str(other), "parent", "dead"),
    ]
    assert dead[0]["error"] == "The file has no rows: send one that has."
    assert "no rows" in run("jobs", "dead", "--site", "parent").stdout
    again = json.loads(run("jobs", "retry", str(one), "--json").stdout)
    assert again == [{"id": str(one), "site": "occs", "name": "tally.refuse"}]
    listed = json.loads(run("jobs", "list", "--state", "queued", "--json").stdout)
    assert [job["id"] for job in listed] == [str(one)]
    assert run("jobs", "retry", "--all", "--site", "parent").returncode == 0
    assert (await tally.job(other, there)).state == "queued"


async def test_commands_that_are_used_wrongly_say_so_in_a_sentence(tally: Any, run: Any) -> None:
    refused = [
        (run("jobs", "retry"), "Name the job by its id, or give --all."),
        (run("jobs", "retry", "seven"), "“seven” is not the id of a job."),
        (run("jobs", "retry", "01990000-0000-7000-8000-000000000000"), "No job of that id was set aside."),
        (run("worker", "--queues", "fast"), "--queues takes light and heavy, separated by a comma."),
        (run("jobs", "list", "--site", "nowhere"), "There is no site called nowhere."),
    ]
    for done, sentence in refused:
        assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (1, sentence)


async def test_a_worker_for_heavy_jobs_leaves_light_ones(tally: Any, run: Any, now: datetime) -> None:
    hard, easy = await tally.ask("tally.hard", at=now), await tally.ask("tally.count", at=now)
    run("worker", "--queues", "heavy", "--drain")
    assert ((await tally.job(hard)).state, (await tally.job(easy)).state) == ("done", "queued")
