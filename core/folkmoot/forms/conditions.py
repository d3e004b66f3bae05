"""The conditions of `show_if`, which compare answers with options. `condition_parser` reads them from text.

For a question with several answers `==` means "includes" and `in` "includes any of".
A question without an answer equals nothing, so `!=` holds for it: `!=` is always the opposite of `==`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question compared with options: `==` and `!=` have one option, `in` one or more."""

    key: str
    sign: Literal["==", "!=", "in"]
    options: tuple[str, ...]

    def holds(self, answers: Mapping[str, object]) -> bool:
        answer = answers.get(self.key)
        if isinstance(answer, list | tuple):
            includes = any(option in answer for option in self.options)
        else:
            includes = answer in self.options
        return not includes if self.sign == "!=" else includes

    def comparisons(self) -> "tuple[Comparison, ...]":
        return (self,)

    def keys(self) -> frozenset[str]:
        return frozenset({self.key})

    def __str__(self) -> str:
        options = ", ".join(f"'{option}'" for option in self.options)
        return f"{self.key} in [{options}]" if self.sign == "in" else f"{self.key} {self.sign} {options}"


@dataclass(frozen=True, slots=True)
class Not:
    """`not term`."""

    term: "Condition"

    def holds(self, answers: Mapping[str, object]) -> bool:
        return not self.term.holds(answers)

    def comparisons(self) -> tuple[Comparison, ...]:
        return self.term.comparisons()

    def keys(self) -> frozenset[str]:
        return self.term.keys()

    def __str__(self) -> str:
        return f"not ({self.term})"


@dataclass(frozen=True, slots=True)
class Joined:
    """Two terms or more, all joined by `and` or all by `or`."""

    word: Literal["and", "or"]
    terms: "tuple[Condition, ...]"

    def holds(self, answers: Mapping[str, object]) -> bool:
        together = all if self.word == "and" else any
        return together(term.holds(answers) for term in self.terms)

    def comparisons(self) -> tuple[Comparison, ...]:
        return tuple(each for term in self.terms for each in term.comparisons())

    def keys(self) -> frozenset[str]:
        return frozenset(each.key for each in self.comparisons())

    def __str__(self) -> str:
        return f" {self.word} ".join(f"({term})" if isinstance(term, Joined) else str(term) for term in self.terms)


Condition = Comparison | Not | Joined


def evaluate(condition: Condition, answers: Mapping[str, object]) -> bool:
    """Whether the condition holds. Answers of questions that are hidden must have been left out by the caller."""
    return condition.holds(answers)
