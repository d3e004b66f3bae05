"""Problems as sentences, in the wording of GOV.UK error messages."""

from collections.abc import Callable

from folkmoot.forms.definition import FormDefinition
from folkmoot.forms.text import shortened
from folkmoot.forms.validation import Problem
from folkmoot.forms.words import N_

Translate = Callable[[str], str]

_LONGEST_LABEL = 120

_SENTENCES = {
    "too_long": N_("Your answer to “%(label)s” must be %(limit)s characters or fewer"),
    "too_many_words": N_("Your answer to “%(label)s” must be %(limit)s words or fewer"),
    "not_text": N_("Your answer to “%(label)s” must be text"),
    "one_only": N_("Select only one option for “%(label)s”"),
    "not_options": N_("Your answer to “%(label)s” must be a list of options"),
    "unknown_option": N_("%(value)s is not an option of “%(label)s”"),
    "exclusive": N_("Select “%(option)s” or the other options for “%(label)s”, not both"),
    "unknown_question": N_("There is no question with the key %(value)s"),
    "not_an_object": N_("Answers must be an object of question keys and answers"),
}
_OF_ONE = {
    "too_long": N_("Your answer to “%(label)s” must be 1 character"),
    "too_many_words": N_("Your answer to “%(label)s” must be 1 word"),
}


def say(problem: Problem, definition: FormDefinition, locale: str, _: Translate) -> str:
    """The sentence for a problem, in the language that `_` translates to, with the question's label in `locale`."""
    return _(_message(problem, definition)) % _named(problem, definition, locale)


def _message(problem: Problem, definition: FormDefinition) -> str:
    if problem.code == "required":
        return definition.fields[problem.key].question.kind.required_message
    if problem.params.get("limit") == 1:
        return _OF_ONE[problem.code]
    return _SENTENCES[problem.code]


def _named(problem: Problem, definition: FormDefinition, locale: str) -> dict[str, str]:
    field = definition.fields.get(problem.key)
    named = {name: f"{each:,}" if isinstance(each, int) else each for name, each in problem.params.items()}
    if field is None:
        return named
    option = field.question.option(named.get("option", ""))
    if option is not None:
        named["option"] = shortened(option.label.in_(locale), _LONGEST_LABEL)
    return {**named, "label": shortened(field.question.label.in_(locale), _LONGEST_LABEL)}
