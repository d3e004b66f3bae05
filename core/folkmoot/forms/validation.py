"""From what was sent to answers that can be stored, with everything that is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from folkmoot.forms.conditions import evaluate
from folkmoot.forms.definition import FormDefinition
from folkmoot.forms.fields import AnswerField
from folkmoot.forms.question_types import Answer, Refused
from folkmoot.forms.routing import visible
from folkmoot.forms.text import one_line, quoted, shortened


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one answer cannot be taken: the question's key, a code, and the values that the sentence names.

    `messages.say` turns it into a sentence. The key is "" where the answers as a whole are at fault.
    """

    key: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers ready to store (by key, in form order, without blanks), problems, and keys left out as hidden."""

    answers: dict[str, Answer]
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...]


def validate(definition: FormDefinition, answers: object) -> Checked:
    """Check a whole submission: a mapping of question keys to a string, a list of strings or None.

    Strings are cleaned as `text` says. An answer with a problem does not count for later conditions.
    """
    if not isinstance(answers, Mapping):
        return Checked({}, (Problem("", "not_an_object"),), ())
    fields = definition.fields
    unknown = [
        Problem(shortened(one_line(str(key)), 100), "unknown_question", {"value": quoted(key)})
        for key in answers
        if key not in fields
    ]
    checking = _Checking(answers)
    for each in fields.values():
        checking.check(each, each.condition is None or evaluate(each.condition, checking.accepted))
    return Checked(checking.accepted, (*unknown, *checking.problems), tuple(checking.ignored))


def validate_page(
    definition: FormDefinition,
    page: int,
    submitted: Mapping[str, Sequence[str]],
    earlier: Mapping[str, object],
) -> Checked:
    """Check one page (from 1) as a browser sends it: every field a list of strings.

    `earlier` are the answers stored so far, which decide what the page shows. Fields that are no questions of the
    page are passed over, since browsers and pages send others. Raises LookupError where there is no such page.
    """
    shown = visible(definition, earlier)
    checking = _Checking(as_typed(definition, page, submitted))
    for each in _page_fields(definition, page):
        checking.check(each, each.key in shown)
    return Checked(checking.accepted, tuple(checking.problems), tuple(checking.ignored))


def as_typed(definition: FormDefinition, page: int, submitted: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """What was typed or chosen on a page, untouched, to show it again beside the problems."""
    return {
        each.key: each.question.kind.from_fields(submitted[each.key])
        for each in _page_fields(definition, page)
        if submitted.get(each.key)
    }


def _page_fields(definition: FormDefinition, page: int) -> Iterable[AnswerField]:
    if not 1 <= page <= len(definition.pages):
        raise LookupError(f"There is no page {page} in this form.")
    return [definition.fields[question.key] for question in definition.pages[page - 1].questions]


class _Checking:
    """One pass over fields, in order. Kept lean: it runs for every submission."""

    __slots__ = ("_given", "accepted", "ignored", "problems")

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given
        self.accepted: dict[str, Answer] = {}
        self.problems: list[Problem] = []
        self.ignored: list[str] = []

    def check(self, each: AnswerField, shown: bool) -> None:
        key = each.key
        value = self._given.get(key)
        if not shown:
            if value is not None:
                self.ignored.append(key)
            return
        try:
            answer = each.read(value) if value is not None else ""
        except Refused as refused:
            self.problems.append(Problem(key, refused.code, refused.params))
            return
        if answer:
            self.accepted[key] = answer
        elif each.required:
            self.problems.append(Problem(key, "required"))
