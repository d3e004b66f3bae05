"""The way through a form. Total and acyclic: conditions look back only, so one pass over the pages settles all."""

from collections.abc import Mapping

from folkmoot.forms.conditions import evaluate
from folkmoot.forms.definition import FormDefinition


def visible(definition: FormDefinition, answers: Mapping[str, object]) -> frozenset[str]:
    """The keys of the questions that these answers lead to.

    What was answered to a question that is now hidden does not count for the conditions after it.
    """
    shown: set[str] = set()
    counted: dict[str, object] = {}
    for key, field in definition.fields.items():
        if field.condition is None or evaluate(field.condition, counted):
            shown.add(key)
            if key in answers:
                counted[key] = answers[key]
    return frozenset(shown)


def path(definition: FormDefinition, answers: Mapping[str, object]) -> tuple[int, ...]:
    """The numbers, from 1 and rising, of the pages that have a visible question."""
    fields = definition.fields
    return tuple(sorted({fields[key].page for key in visible(definition, answers)}))


def next_page(definition: FormDefinition, answers: Mapping[str, object], after: int) -> int | None:
    """The page to ask after page `after` (0 for the first), or None where the form ends."""
    return next((page for page in path(definition, answers) if page > after), None)


def previous_page(definition: FormDefinition, answers: Mapping[str, object], before: int) -> int | None:
    """The page asked before page `before`, or None where the form begins."""
    return next((page for page in reversed(path(definition, answers)) if page < before), None)
