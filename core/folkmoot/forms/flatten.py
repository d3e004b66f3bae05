"""Answers as flat rows: one column for a question, and one for each option where several can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from folkmoot.forms.definition import FormDefinition, Option, Question
from folkmoot.forms.routing import visible
from folkmoot.forms.words import Words


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """What one column holds. A column for an option holds "1" where it was chosen and "" where not.

    `options` are the values that a closed question's own column can hold.
    """

    column: str
    page: int
    question: str
    type: str
    label: Words
    required: bool
    show_if: str | None
    option: str | None = None
    option_label: Words | None = None
    options: tuple[Option, ...] = ()


def codebook(definition: FormDefinition) -> tuple[CodebookEntry, ...]:
    """Every column, in the order of the form. The column of an option is `question.option`."""
    return tuple(
        entry
        for number, page in enumerate(definition.pages, start=1)
        for q in page.questions
        for entry in _of(q, number)
    )


def columns(definition: FormDefinition) -> tuple[str, ...]:
    """The names of the columns: the same for every submission."""
    return tuple(entry.column for entry in codebook(definition))


def flatten(definition: FormDefinition, answers: Mapping[str, object]) -> dict[str, str]:
    """One submission's cells, by column and in its order. A hidden question's cells are empty."""
    shown = visible(definition, answers)
    row: dict[str, str] = {}
    for key, field in definition.fields.items():
        answer = answers.get(key) if key in shown else None
        if field.question.kind.several:
            chosen = answer if isinstance(answer, list | tuple) else ()
            row |= {f"{key}.{option.key}": "1" if option.key in chosen else "" for option in field.question.options}
        else:
            row[key] = answer if isinstance(answer, str) else ""
    return row


def _of(question: Question, page: int) -> tuple[CodebookEntry, ...]:
    def entry(option: Option | None) -> CodebookEntry:
        return CodebookEntry(
            column=f"{question.key}.{option.key}" if option else question.key,
            page=page,
            question=question.key,
            type=question.type,
            label=question.label,
            required=question.required,
            show_if=question.show_if,
            option=option.key if option else None,
            option_label=option.label if option else None,
            options=() if option else question.options,
        )

    return tuple(entry(option) for option in question.options) if question.kind.several else (entry(None),)
