"""The sentences of problems."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir

import folkmoot.forms
from folkmoot.forms import FormDefinition, Problem, parse_definition, say, validate

LONG = "x" * 10_001


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"carer": ""}, "Select an option for “Do you care for someone?”"),
        ({"help": []}, "Select an option for “What help do you have?”"),
        ({"wish": ""}, "Enter your answer to “What would help you most?”"),
        ({"name": "x" * 201}, "Your answer to “Your name” must be 200 characters or fewer"),
        ({"wish": "a " * 6}, "Your answer to “What would help you most?” must be 5 words or fewer"),
        ({"wish": "x" * 50_001}, "Your answer to “What would help you most?” must be 50,000 characters or fewer"),
        ({"name": 5}, "Your answer to “Your name” must be text"),
        ({"carer": ["yes"]}, "Select only one option for “Do you care for someone?”"),
        ({"help": {}}, "Your answer to “What help do you have?” must be a list of options"),
        ({"carer": "100% yes"}, "“100% yes” is not an option of “Do you care for someone?”"),
        (
            {"help": ["none", "paid"]},
            "Select “None of these” or the other options for “What help do you have?”, not both",
        ),
        ({"nobody": 1}, "There is no question with the key “nobody”"),
    ],
)
def test_each_problem_has_its_sentence(form: FormDefinition, change: dict[str, Any], sentence: str) -> None:
    good = {"carer": "yes", "help": ["paid", "family"], "wish": "Time"}
    problems = validate(form, {**good, **change}).problems
    assert sentence in [say(problem, form, "en", str) for problem in problems]


def test_answers_that_are_no_object_have_a_sentence(form: FormDefinition) -> None:
    (problem,) = validate(form, []).problems
    assert say(problem, form, "en", str) == "Answers must be an object of question keys and answers"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"max_length": 1}, "Your answer to “Q?” must be 1 character"),
        ({"max_words": 1}, "Your answer to “Q?” must be 1 word"),
    ],
)
def test_a_limit_of_one_is_singular(limits: dict[str, int], sentence: str) -> None:
    question = {"key": "q", "type": "text", "label": "Q?", "limits": limits}
    form = parse_definition({"pages": [{"title": "Page", "questions": [question]}]})
    (problem,) = validate(form, {"q": "two words"}).problems
    assert say(problem, form, "en", str) == sentence


def test_sentences_are_translated_with_the_label_in_the_same_language(form: FormDefinition) -> None:
    welsh: Callable[[str], str] = {
        "Select an option for “%(label)s”": "Dewiswch opsiwn ar gyfer “%(label)s”"
    }.__getitem__
    said = say(Problem("carer", "required"), form, "cy", welsh)
    assert said == "Dewiswch opsiwn ar gyfer “Ydych chi'n gofalu am rywun?”"


def test_a_long_label_is_cut_in_a_sentence() -> None:
    question = {"key": "q", "type": "text", "label": "word " * 60, "required": True}
    form = parse_definition({"pages": [{"title": "Page", "questions": [question]}]})
    assert say(Problem("q", "required"), form, "en", str).endswith("word…”")


def test_babel_finds_every_message() -> None:
    folder = Path(folkmoot.forms.__file__).parent
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    found = {message for _, _, message, _, _ in extract_from_dir(folder, methods)}
    sentences = {*folkmoot.forms.messages._SENTENCES.values(), *folkmoot.forms.messages._OF_ONE.values()}
    required = {kind.required_message for kind in folkmoot.forms.QUESTION_TYPES.values()}
    assert sentences | required <= found
    assert {"Error", "Change", "Not answered", "or", "Select all that apply", "%(label)s (optional)"} <= found
    assert {"You can enter up to %(count)s words", "You have %(count)s characters remaining"} <= found
