"""What a goal asks for, and what it says when it was measured: met, or missed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One figure and its bound, which it must reach (``at_least``) or must not pass."""

    what: str
    value: float
    bound: float
    at_least: bool
    shown: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure keeps the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        shown = self.shown or f"{self.value:,.2f}"
        return f"{'met   ' if self.met else 'MISSED'}  {self.what}: {shown}, {word} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A measured goal."""

    goal: str
    title: str
    requirements: Sequence[Requirement]
    figures: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def met(self) -> bool:
        """Whether every requirement was met; a goal that required nothing was not measured."""
        return bool(self.requirements) and all(requirement.met for requirement in self.requirements)

    def lines(self) -> Iterator[str]:
        """Yield the outcome as it is printed."""
        yield f"{self.goal}  {self.title}: {'MET' if self.met else 'MISSED'}"
        yield from (f"    {figure}" for figure in self.figures)
        yield from (f"  {requirement}" for requirement in self.requirements)
        yield from (f"    ({note})" for note in self.notes)
