"""Interleaved rounds: each case once a round in shuffled order, compared with its neighbours of the same round."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median

from benchmarks.processes import Server


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request to one server."""

    name: str
    server: Server
    path: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    connections: int = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What a load generator saw. ``slowest`` is the 99th percentile of the time to an answer, in milliseconds."""

    answered: int
    seconds: float
    slowest: float
    failed: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One case in one round: what the load generator saw, and what CPU time it cost the server."""

    load: Load
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.load.answered / self.load.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU time of one answer in milliseconds."""
        return self.cpu_seconds * 1000 / max(1, self.load.answered)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio within each round: its median, and the least and the most."""

    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.least:.2f} to {self.most:.2f})"


Generator = Callable[[Case], Load]
Shots = dict[str, list[Shot]]


def shoot(case: Case, generate: Generator) -> Shot:
    """Load one case once."""
    before = case.server.cpu_seconds()
    load = generate(case)
    shot = Shot(load, case.server.cpu_seconds() - before)
    if load.failed or not load.answered:
        raise RuntimeError(f"{case.name}: {load.failed} of {load.answered} requests failed; see {case.server.log}")
    return shot


def interleave(cases: Sequence[Case], generate: Generator, *, rounds: int, random: Random) -> Shots:
    """Return a shot of every case for each round. A first round warms the servers up and is thrown away."""
    shots: Shots = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        for case in random.sample(cases, len(cases)):
            shot = shoot(case, generate)
            if number:
                shots[case.name].append(shot)
    return shots


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Return how many times theirs ours is, round by round."""
    each = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Ratio(median(each), min(each), max(each))


def rate_ratio(ours: Sequence[Shot], theirs: Sequence[Shot]) -> Ratio:
    """Return the ratio of answers a second."""
    return ratio([shot.rate for shot in ours], [shot.rate for shot in theirs])


def cpu_ratio(ours: Sequence[Shot], theirs: Sequence[Shot]) -> Ratio:
    """Return the ratio of CPU time for one answer."""
    return ratio([shot.cpu_ms for shot in ours], [shot.cpu_ms for shot in theirs])


def described(name: str, shots: Sequence[Shot]) -> str:
    """Return a line with the medians of a case."""
    rate, cpu = median(shot.rate for shot in shots), median(shot.cpu_ms for shot in shots)
    slowest = median(shot.load.slowest for shot in shots)
    return f"{name:<42}{rate:>9,.0f} a second{cpu:>9.3f} ms CPU{slowest:>9.1f} ms at the 99th percentile"
