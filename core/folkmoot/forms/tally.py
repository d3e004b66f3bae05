"""Counts of closed questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from folkmoot.forms.definition import FormDefinition, Question
from folkmoot.forms.routing import visible
from folkmoot.forms.words import Words


@dataclass(frozen=True, slots=True)
class OptionCount:
    """How many chose an option."""

    key: str
    label: Words
    count: int


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """How many answered a question, and each option's count, in the order of the form.

    Where several can be chosen, the counts may add up to more than the total.
    """

    total: int
    options: tuple[OptionCount, ...]

    def as_json(self, locale: str) -> dict[str, Any]:
        """The shape of the JSON API: `{"total", "options": [{"key", "label", "count"}]}`."""
        options = [{"key": o.key, "label": o.label.in_(locale), "count": o.count} for o in self.options]
        return {"total": self.total, "options": options}


def tally(definition: FormDefinition, submissions: Iterable[Mapping[str, object]]) -> dict[str, QuestionTally]:
    """Count the answers of every closed question. Read once, so that submissions can stream.

    Answers of hidden questions, and options that the form no longer has, are not counted.
    """
    closed = [field.question for field in definition.fields.values() if field.question.kind.closed]
    counting = {question.key: _Counting(question) for question in closed}
    routed = any(field.condition is not None for field in definition.fields.values())
    for answers in submissions:
        shown = visible(definition, answers) if routed else definition.fields.keys()
        for key, count in counting.items():
            if key in answers and key in shown:
                count.add(answers[key])
    return {key: count.result() for key, count in counting.items()}


class _Counting:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._total = 0
        self._counts = {option.key: 0 for option in question.options}

    def add(self, answer: object) -> None:
        chosen = answer if isinstance(answer, list | tuple) else (answer,)
        known = [key for key in self._counts if key in chosen]
        self._total += bool(known)
        for key in known:
            self._counts[key] += 1

    def result(self) -> QuestionTally:
        options = self._question.options
        return QuestionTally(self._total, tuple(OptionCount(o.key, o.label, self._counts[o.key]) for o in options))
