"""Answers as a person reads them, for the check-answers page and for receipts."""

from collections.abc import Mapping
from dataclasses import dataclass

from folkmoot.forms.definition import FormDefinition, Question
from folkmoot.forms.routing import visible


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question and what was answered: one text or the labels of the chosen options; empty where unanswered."""

    page: int
    key: str
    label: str
    values: tuple[str, ...]


def answer_rows(definition: FormDefinition, answers: Mapping[str, object], locale: str) -> tuple[AnswerRow, ...]:
    """A row for every visible question, in the order of the form."""
    shown = visible(definition, answers)
    return tuple(
        AnswerRow(field.page, key, field.question.label.in_(locale), _values(field.question, answers.get(key), locale))
        for key, field in definition.fields.items()
        if key in shown
    )


def _values(question: Question, answer: object, locale: str) -> tuple[str, ...]:
    chosen = list(answer) if isinstance(answer, list | tuple) else [answer]
    if question.kind.closed:
        return tuple(option.label.in_(locale) for option in question.options if option.key in chosen)
    return tuple(each for each in chosen if isinstance(each, str) and each)
