"""The verdict of each goal is a bad one for a twin that is broken in one thing only."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import export_goal, job_goal, migration_goal, spike_goal, submission_goal
from benchmarks.bench import Bench
from benchmarks.goals import Outcome
from benchmarks.limits import ROOT
from benchmarks.migration_goal import Spent
from benchmarks.paced import Pages, Sent
from benchmarks.rounds import Load, Shot
from benchmarks.submission_goal import CONNECTIONS, LIMIT, OURS, Seen, Side, counting, name_of


def missed(outcome: Outcome) -> list[str]:
    return [requirement.what for requirement in outcome.requirements if not requirement.met]


def submissions(*, ours: int = 600, cpu: float = 0.2, faults: tuple[str, ...] = ()) -> Outcome:
    seen = Seen(faults=list(faults))
    for count in CONNECTIONS:
        seen.shots[name_of(OURS, count)] = [Shot(Load(ours, 1.0, 1.0, 0), cpu)] * 3
        seen.shots[name_of(LIMIT, count)] = [Shot(Load(1_000, 1.0, 1.0, 0), cpu)] * 3
    return submission_goal.outcome("G4", "x", seen, cpu=True)


def test_submissions_that_are_slow_costly_or_lost_miss_the_goal() -> None:
    assert missed(submissions()) == []
    assert len(missed(submissions(ours=490))) == 2
    assert len(missed(submissions(cpu=0.31))) == 2
    assert missed(submissions(faults=("1 submissions lack answers",))) == ["what is wrong on the disk"]


def test_only_what_folkmoot_acknowledged_is_looked_for() -> None:
    class Idle:
        def spent(self) -> float:
            return 0.5

    idle: Any = Idle()
    sides = [Side(OURS, idle, "/", idle), Side(LIMIT, idle, "/", idle)]
    seen = Seen()
    generate = counting(lambda case: Load(100, 1.0, 1.0, 0), sides, seen)
    for side in sides:
        generate(side.case(16))
    assert (seen.acknowledged.answered, seen.acknowledged.unanswered) == (100, 16)
    assert seen.backends == {name_of(OURS, 16): [5.0], name_of(LIMIT, 16): [5.0]}


def migration(seconds: float = 3.0, check: float = 50.0, tables: frozenset[str] = frozenset()) -> Outcome:
    wanted = {"core_site", "core_form_submission", "core_job", "consultation_consultation"} - tables
    seen = migration_goal.Seen("sqlite", [Spent(seconds, 1.0)], [Spent(1.0, 0.5)], [check], 100, [])
    seen.faults = migration_goal.table_faults(wanted, ours=True)
    return migration_goal.outcome([seen])


def test_a_migration_that_is_slow_or_makes_too_little_misses_the_goal() -> None:
    assert missed(migration()) == []
    assert missed(migration(seconds=3.6)) == ["SQLite: first migration, times Wagtail's 14 s"]
    assert missed(migration(check=101)) == ["SQLite: looking for migrations at a start, in ms"]
    assert missed(migration(tables=frozenset({"core_job"}))) == ["SQLite: what is missing afterwards"]


def test_the_time_of_the_check_is_read_from_the_log_of_the_start() -> None:
    log = 'served\n{"check_migrations": 12.5, "event": "boot"}\n'
    assert migration_goal.check_ms(log) == 12.5
    with pytest.raises(RuntimeError, match="does not say"):
        migration_goal.check_ms("served\n")


def spike(*, rate: int = 1_500, failed: int = 0, slow: int = 0, status: int = 201, lost: bool = False) -> Outcome:
    pages = Pages(rate * 10, 10.0, 5.0, failed, 0, 1.0)
    sent = Sent(["A"], [10.0] * (100 - slow) + [300.0] * slow, {status: 100})
    faults = ["1 acknowledged submissions are lost"] * lost
    return spike_goal.outcome([spike_goal.Spike("x", pages, sent, Sent(), {"server": 1.0}, faults, again=True)])


def test_a_spike_that_is_slow_fails_or_loses_something_misses_the_goal() -> None:
    assert missed(spike(slow=1)) == []
    assert missed(spike(rate=1_400)) == ["x: pages a second"]
    assert missed(spike(failed=1)) == ["x: answers that failed or never came"]
    assert missed(spike(status=503)) == ["x: answers that failed or never came"]
    assert missed(spike(slow=2)) == ["x: ms of a submission, 99th percentile"]
    assert missed(spike(lost=True)) == ["x: what is wrong on the disk after kill -9"]


def export(*, seconds: float = 1.9, more: float = 29.0, faults: tuple[str, ...] = ()) -> Outcome:
    spent = {"command": [Spent(seconds, 1.0)], "download": [Spent(seconds, 1.0)], "bare": [Spent(1.0, 1.0)]}
    return export_goal.outcome([export_goal.Seen("sqlite", 100, spent, {"command": more, "download": 1}, list(faults))])


def test_an_export_that_is_slow_large_or_wrong_misses_the_goal() -> None:
    assert missed(export()) == []
    assert len(missed(export(seconds=2.1))) == 2
    assert missed(export(more=31)) == ["SQLite, command: MB over idle"]
    assert missed(export(faults=("x",))) == ["SQLite: what is wrong with the files"]


def test_an_export_with_a_row_less_or_another_row_is_found(tmp_path: Path) -> None:
    bare, ours = tmp_path / "bare", tmp_path / "command"
    lines = ["reference,received_at,where", "A,2026-03-01 09:00:00,here", "B,2026-03-01 09:00:07,there"]
    bare.write_text("\n".join(lines) + "\n")
    sound = [line.replace(" 09", "T09") for line in lines]
    for text, fault in (
        (sound, ""),
        (sound[:2], "command has 1 rows or more, of 2"),
        ([*sound[:2], sound[2].replace("there", "here")], "command: row 2 is another one"),
        ([sound[0], sound[2], sound[1]], "command: row 1 is another one"),
    ):
        ours.write_text("\ufeff" + "\r\n".join(text) + "\r\n")
        assert export_goal.file_faults(ours, bare, 2) == ([fault] if fault else [])


def test_jobs_a_second_are_read_from_the_workers_log_and_a_job_undone_is_found() -> None:
    def line(second: str, name: str = "core.event") -> str:
        return json.dumps({"job": name, "event": "job", "timestamp": f"2026-03-01T09:00:{second}Z"})

    log = "\n".join([line("00.0"), "Jobs begun", line("00.5"), line("09.0", "core.other"), line("02.0")])
    assert job_goal.rate(log) == 1.0
    with pytest.raises(RuntimeError, match="no jobs"):
        job_goal.rate("")
    assert job_goal.job_faults([("done", 1, 3)], 3) == []
    assert job_goal.job_faults([("done", 1, 2), ("done", 2, 1)], 3) == ["2 of 3 jobs were done once"]
    assert job_goal.job_faults([("done", 1, 2)], 3) == ["2 of 3 jobs were done once"]


def test_the_bare_loop_does_every_job_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bare.db'}"
    command = [sys.executable, "-m", "benchmarks.bare_jobs", url, "20", "1"]
    assert float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout) > 0
    with sqlite3.connect(tmp_path / "bare.db") as connection:
        assert connection.execute("select state, attempts, count(*) from bare_job group by 1, 2").fetchall() == [
            ("done", 1, 20)
        ]


def test_each_folder_of_a_run_is_new(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = bench.fresh_folder("x")
    first.mkdir()
    assert bench.fresh_folder("x") != first
