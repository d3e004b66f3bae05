"""Reading a definition from JSON values, with every fault at once."""

from collections.abc import Mapping

from pydantic import ValidationError

from folkmoot.forms.consistency import MOST_QUESTIONS, Asked, inconsistencies
from folkmoot.forms.definition import MOST_PAGES, FormDefinition, Question
from folkmoot.forms.faults import Fault, InvalidDefinition
from folkmoot.forms.shape import shape_faults


def parse_definition(data: object) -> FormDefinition:
    """Read a form from JSON values. Raises InvalidDefinition with all faults, in the order of the form."""
    try:
        return FormDefinition.model_validate(data)
    except ValidationError as error:
        raise InvalidDefinition(_faults(data, error)) from None


def _faults(data: object, error: ValidationError) -> list[Fault]:
    found = [*shape_faults(data, error), *inconsistencies(_readable_pages(data))]
    return sorted(dict.fromkeys(found), key=lambda fault: _in_form_order(fault.where))


def _in_form_order(where: str) -> list[int]:
    # Short ones only: an unknown field may be called by any number.
    return [int(step) for step in where.split("/") if len(step) < 5 and step.isdecimal()]


def _readable_pages(data: object) -> list[list[Asked]]:
    """What can be read of the questions, each judged alone."""
    pages = data.get("pages") if isinstance(data, Mapping) else None
    return [_readable_page(page) for page in pages[:MOST_PAGES]] if isinstance(pages, list | tuple) else []


def _readable_page(page: object) -> list[Asked]:
    questions = page.get("questions") if isinstance(page, Mapping) else None
    if not isinstance(questions, list | tuple):
        return []
    return [_readable_question(question) for question in questions[: MOST_QUESTIONS + 1]]


def _readable_question(question: object) -> Asked:
    """The key as given, with a question that stands in for it where its type and condition can be judged."""
    if not isinstance(question, Mapping):
        return Asked(None, None)
    key = question.get("key") if isinstance(question.get("key"), str) else None
    judged = {name: question[name] for name in ("type", "options", "limits", "show_if") if name in question}
    try:
        return Asked(key, Question.model_validate({"key": "stand_in", "label": "Stand-in", **judged}))
    except ValidationError:
        return Asked(key, None)
