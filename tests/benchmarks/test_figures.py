"""The arithmetic of the measurements, and that each verdict can be a bad one."""

from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.goals import Outcome, Requirement
from benchmarks.page_goal import page_faults
from benchmarks.processes import Answer
from benchmarks.rounds import Load, Shot, cpu_ratio, interleave, rate_ratio, ratio


def shots(*answered: int, cpu: float = 1.0) -> list[Shot]:
    return [Shot(Load(count, 2.0, 1.0, 0), cpu) for count in answered]


def test_a_ratio_is_taken_within_each_round() -> None:
    # The second round was ten times slower for both: that says nothing of either.
    found = ratio([200.0, 20.0, 180.0], [100.0, 10.0, 100.0])
    assert (found.middle, found.least, found.most) == (2.0, 1.8, 2.0)


def test_a_rate_counts_answers_by_the_second() -> None:
    assert rate_ratio(shots(300, 600), shots(100, 200)).middle == 3.0


def test_cpu_time_is_of_one_answer() -> None:
    # Twice the answers for the same time of the processor: half the cost.
    assert shots(500)[0].cpu_ms == 2.0
    assert cpu_ratio(shots(200), shots(100)).middle == 0.5


def test_rounds_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


class Idle:
    log = Path("nowhere")

    def cpu_seconds(self) -> float:
        return 0.0


class Named:
    server = Idle()

    def __init__(self, name: str) -> None:
        self.name = name


def test_the_first_round_is_thrown_away_and_every_round_has_every_case_in_changing_order() -> None:
    seen: list[str] = []

    def generate(case: Any) -> Load:
        seen.append(case.name)
        return Load(1, 1.0, 1.0, 0)

    cases: Any = [Named("a"), Named("b"), Named("c")]
    found = interleave(cases, generate, rounds=6, random=Random(3))
    assert {name: len(kept) for name, kept in found.items()} == {"a": 6, "b": 6, "c": 6}
    orders = {tuple(seen[at : at + 3]) for at in range(0, len(seen), 3)}
    assert len(orders) > 1
    assert all(sorted(order) == ["a", "b", "c"] for order in orders)


def test_one_failed_request_stops_the_run() -> None:
    cases: Any = [Named("a")]
    with pytest.raises(RuntimeError, match="a: 1 of 100 requests failed"):
        interleave(cases, lambda _: Load(100, 1.0, 1.0, 1), rounds=1, random=Random(3))


@pytest.mark.parametrize(
    ("value", "bound", "at_least", "met"),
    [(1.2, 1.2, True, True), (1.19, 1.2, True, False), (0.8, 0.8, False, True), (0.81, 0.8, False, False)],
)
def test_a_requirement_is_met_up_to_its_bound(value: float, bound: float, at_least: bool, met: bool) -> None:
    assert Requirement("x", value, bound, at_least=at_least).met is met


def test_a_goal_is_missed_for_one_requirement_or_for_want_of_any() -> None:
    good, bad = Requirement("x", 2, 1, at_least=True), Requirement("y", 2, 1, at_least=False)
    assert Outcome("G0", "nothing", [good]).met
    assert not Outcome("G0", "nothing", [good, bad]).met
    assert not Outcome("G0", "nothing", []).met
    assert list(Outcome("G0", "nothing", [good, bad]).lines()) == [
        "G0  nothing: MISSED",
        "  met     x: 2.00, at least 1",
        "  MISSED  y: 2.00, at most 1",
    ]


def test_a_page_that_lacks_something_is_not_compared() -> None:
    bare = Answer(200, {"content-encoding": "gzip"}, b"x" * 60_000)
    faults = page_faults(bare)
    assert "it lacks the header content-security-policy" in faults
    assert "it is compressed and the limit is not" in faults
    assert "it lacks the page-feedback block" in faults
    assert "it answered 503" in page_faults(Answer(503, {}, b""))
