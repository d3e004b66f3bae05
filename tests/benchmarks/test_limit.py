"""The limit answers, and the verdict of the same figures is a bad one for a twin that is slow on purpose."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest

from benchmarks.databases import rows
from benchmarks.goals import Requirement
from benchmarks.limits import limit_server, postgres_limit_server
from benchmarks.page_goal import CHEAPER, FASTER
from benchmarks.processes import Server, free_port
from benchmarks.rounds import Case, Load, cpu_ratio, interleave, rate_ratio
from benchmarks.serving import serve as serve_limit
from benchmarks.site import QUESTIONS, answers
from folkmoot.cli.serve import _run as serve_folkmoot
from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.testing import postgres

pytestmark = pytest.mark.slow

PAGE = b"<!doctype html><title>Page</title>" + b"x" * 1_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("limit")
    (made / "page.html").write_bytes(PAGE)
    return made


@pytest.fixture(scope="module")
def limit(folder: Path) -> Iterator[Server]:
    with limit_server(folder) as server:
        yield server


def one_by_one(case: Case) -> Load:
    start = time.perf_counter()
    answered = [case.server.fetch(case.path).status for _ in range(60)]
    return Load(len(answered), time.perf_counter() - start, 0.0, sum(status != 200 for status in answered))


def test_the_limit_answers_with_the_bytes_it_was_given(limit: Server) -> None:
    answer = limit.fetch("/page")
    assert (answer.status, answer.body) == (200, PAGE)


def test_the_limit_saves_ten_answers_on_the_disk(limit: Server, folder: Path) -> None:
    body = json.dumps({"answers": answers()}).encode()
    assert limit.fetch("/submissions", method="POST", body=body).status == 201
    with closing(sqlite3.connect(folder / "limit.db")) as connection:
        kept = dict(connection.execute("select question, value from answer where submission = 1").fetchall())
    assert kept == answers()
    assert len(kept) == QUESTIONS


def test_the_limit_saves_one_row_as_well(limit: Server, folder: Path) -> None:
    body = json.dumps({"answers": answers()}).encode()
    assert limit.fetch("/one-row-submissions", method="POST", body=body).status == 201
    with closing(sqlite3.connect(folder / "limit.db")) as connection:
        [[kept]] = connection.execute("select answers from whole").fetchall()
    assert json.loads(kept) == answers()


@pytest.mark.parametrize("path", ["/submissions", "/grouped-submissions"])
def test_the_limit_on_postgresql_saves_ten_answers_either_way(path: str, tmp_path: Path) -> None:
    urls = postgres.empty_database()
    body = json.dumps({"answers": answers()}).encode()
    with postgres_limit_server(tmp_path, urls) as server:
        assert [server.fetch(path, method="POST", body=body).status for _ in range(3)] == [201] * 3
    kept = rows(DatabaseUrls(urls.app, urls.owner, urls.owner), "select submission, question, value from answer")
    postgres.drop_database(urls)
    assert len(kept) == 3 * QUESTIONS
    assert {question: value for number, question, value in kept if number == kept[0][0]} == answers()


def test_a_twin_that_is_slow_on_purpose_misses_what_the_page_itself_meets(limit: Server) -> None:
    page, slow = Case("page", limit, "/page"), Case("slow", limit, "/slow-page")
    found = interleave([page, slow], one_by_one, rounds=3, random=Random(1))

    def verdict(ours: str, theirs: str) -> tuple[bool, bool]:
        faster, cheaper = rate_ratio(found[ours], found[theirs]), cpu_ratio(found[ours], found[theirs])
        return (
            Requirement("rate", faster.middle, FASTER, at_least=True).met,
            Requirement("cpu", cheaper.middle, CHEAPER, at_least=False).met,
        )

    assert verdict("slow", "page") == (False, False)
    assert verdict("page", "slow") == (True, True)


def test_the_limit_is_served_as_folkmoot_is(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: list[dict[str, Any]] = []
    monkeypatch.setattr("uvicorn.Config", lambda _, **given: settings.append(given))
    monkeypatch.setattr("uvicorn.Server", lambda _: Mock())
    # Not frozen here: the rest of the test run is no server.
    monkeypatch.setattr("gc.freeze", lambda: None)
    serve_limit(None, free_port())
    serve_folkmoot(None, Mock())
    assert settings[0] == settings[1] != {}


def test_a_server_is_gone_when_its_context_ends(folder: Path) -> None:
    with limit_server(folder) as server:
        port = server.port
        assert server.memory_bytes() > 1_000_000
    with pytest.raises(OSError, match="refused"):
        server.fetch("/page")
    assert port == server.port


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"page\.html"), limit_server(tmp_path):
        pass
