"""Answers as flat rows: one column for a question, and one for each option where several can be chosen."""

from collections.abc import Callable, Mapping
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
    return dict(zip(columns(definition), flattening(definition)(answers), strict=True))


def flattening(definition: FormDefinition) -> Callable[[Mapping[str, object]], list[str]]:
    """What gives a submission's cells in the order of the columns: for very many submissions to one form."""
    plan = [
        (key, tuple(option.key for option in field.question.options) if field.question.kind.several else None)
        for key, field in definition.fields.items()
    ]
    conditional = any(field.condition is not None for field in definition.fields.values())

    if not conditional and all(options is None for _, options in plan):
        # Most forms that are answered by very many people are like that.
        keys = tuple(key for key, _ in plan)
        return lambda answers: [a if isinstance(a := answers.get(key), str) else "" for key in keys]

    def cells(answers: Mapping[str, object]) -> list[str]:
        shown = visible(definition, answers) if conditional else answers
        row: list[str] = []
        for key, options in plan:
            answer = answers.get(key) if key in shown else None
            if options is None:
                row.append(answer if isinstance(answer, str) else "")
            else:
                chosen = answer if isinstance(answer, list | tuple) else ()
                row += ["1" if option in chosen else "" for option in options]
        return row

    return cells


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
