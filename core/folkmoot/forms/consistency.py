"""Faults that only show when the parts of a form are seen together: keys, conditions, and what a type allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from folkmoot.forms.condition_parser import RESERVED_WORDS, ConditionSyntaxError
from folkmoot.forms.conditions import Comparison
from folkmoot.forms.faults import Fault, pointer
from folkmoot.forms.text import quoted

if TYPE_CHECKING:
    from folkmoot.forms.definition import Question

MOST_QUESTIONS = 300


class Asked(NamedTuple):
    """A question under its key; None where it could not be read. What refers to it is judged fairly all the same."""

    key: str | None
    question: Question | None


class _Place(NamedTuple):
    page: int
    number: int
    key: str | None
    question: Question | None

    def __str__(self) -> str:
        return f"page {self.page + 1}, question {self.number + 1}"

    def fault(self, field: str, sentence: str) -> Fault:
        where = pointer("pages", self.page, "questions", self.number) + f"/{field}"
        named = f" ({quoted(self.key)})" if self.key is not None else ""
        return Fault(where, f"P{str(self)[1:]}{named}: {sentence}.")


def inconsistencies(pages: Sequence[Sequence[Asked]]) -> list[Fault]:
    """All faults between questions, in the order of the form."""
    places = [_Place(p, number, *asked) for p, page in enumerate(pages) for number, asked in enumerate(page)]
    if len(places) > MOST_QUESTIONS:
        return [Fault("/pages", f"The form has more than {MOST_QUESTIONS} questions.")]
    first: dict[str, _Place] = {}
    for place in places:
        if place.key is not None:
            first.setdefault(place.key, place)
    return [fault for place in places for fault in _faults(place, first)]


def _faults(place: _Place, first: dict[str, _Place]) -> Iterator[Fault]:
    earlier = place if place.key is None else first[place.key]
    if earlier is not place:
        yield place.fault("key", f"its key is already used by {earlier}")
    if place.key in RESERVED_WORDS:
        yield place.fault("key", "its key is a word that conditions use: choose another")
    if place.question is not None:
        for field, sentence in place.question.kind.faults(place.question):
            yield place.fault(field, sentence)
        for sentence in _condition_faults(place, place.question, first):
            yield place.fault("show_if", f"“show_if” {sentence}")


def _condition_faults(place: _Place, question: Question, first: dict[str, _Place]) -> Iterator[str]:
    try:
        comparisons = question.condition.comparisons() if question.condition else ()
    except ConditionSyntaxError as error:
        yield f"cannot be read at character {error.position}: {error.sentence}"
        return
    for comparison in comparisons:
        for sentence in _comparison_faults(place, comparison, first):
            yield f"names “{comparison.key}”, {sentence}"


def _comparison_faults(place: _Place, comparison: Comparison, first: dict[str, _Place]) -> Iterator[str]:
    target = first.get(comparison.key)
    if target is None:
        yield "but no question has that key"
    elif comparison.key == place.key:
        yield "which is the question itself"
    elif target.page == place.page:
        yield (
            "which is on the same page. A page is sent as a whole, because the form works without JavaScript, "
            "so a condition can only use answers from earlier pages"
        )
    elif target.page > place.page:
        yield f"which comes later, on page {target.page + 1}: a condition can only use answers from earlier pages"
    elif target.question is not None:
        yield from _option_faults(target.question, comparison)


def _option_faults(target: Question, comparison: Comparison) -> Iterator[str]:
    if not target.kind.closed:
        yield f"which is a {target.type} question: only questions with options can be compared"
        return
    known = [option.key for option in target.options]
    for option in comparison.options:
        if option not in known:
            yield f"which has no option {quoted(option)}: it has {', '.join(known[:20]) or 'none'}"
