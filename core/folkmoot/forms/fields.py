"""A question made ready for reading answers: what is needed for each submission, worked out once for a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from folkmoot.forms.conditions import Condition
    from folkmoot.forms.definition import Page, Question
    from folkmoot.forms.question_types import Reader


@dataclass(frozen=True, slots=True)
class AnswerField:
    """A question with the number of its page (from 1), its condition and the reader of its answers."""

    key: str
    page: int
    question: Question
    required: bool
    condition: Condition | None
    read: Reader


def answer_fields(pages: Sequence[Page]) -> dict[str, AnswerField]:
    """The questions of a form by key, in the order of the form."""
    return {
        question.key: AnswerField(
            key=question.key,
            page=number,
            question=question,
            required=question.required,
            condition=question.condition,
            read=question.kind.reader(question),
        )
        for number, page in enumerate(pages, start=1)
        for question in page.questions
    }
