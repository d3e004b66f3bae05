"""Reading definitions: everything that is wrong, at once, in plain English."""

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import ValidationError

from folkmoot.forms import QUESTION_TYPES, FormDefinition, InvalidDefinition, Words, parse_definition

CHOICE = {
    "key": "a",
    "type": "single",
    "label": "A?",
    "options": [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}],
}
TEXT = {"key": "t", "type": "text", "label": "T?"}


def form_of(*pages: list[Any]) -> dict[str, Any]:
    return {"pages": [{"title": "Page", "questions": questions} for questions in pages]}


def faults(data: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDefinition) as raised:
        parse_definition(data)
    return [(fault.where, fault.sentence) for fault in raised.value.faults]


def test_a_definition_comes_back_from_its_json(form: FormDefinition, wire: dict[str, Any]) -> None:
    assert form.fields
    assert form.as_json() == wire
    assert parse_definition(form.as_json()) == form


def test_a_definition_cannot_be_changed(form: FormDefinition) -> None:
    with pytest.raises(ValidationError):
        form.pages = ()


def test_the_json_schema_accepts_what_is_read_and_names_the_types(wire: dict[str, Any]) -> None:
    schema = FormDefinition.model_json_schema()
    assert schema["$defs"]["Question"]["properties"]["type"]["enum"] == list(QUESTION_TYPES)
    validator = Draft202012Validator(schema)
    assert not list(validator.iter_errors(wire))
    assert list(validator.iter_errors(form_of([{**TEXT, "type": "date"}])))
    assert list(validator.iter_errors(form_of([{**TEXT, "label": {"cy": "Enw"}}])))


def test_words_are_shown_in_the_locale_and_else_in_english() -> None:
    both = Words.model_validate({"en": "Name", "cy": "Enw"})
    assert (both.in_("en"), both.in_("cy"), both.in_("cy-GB")) == ("Name", "Enw", "Enw")
    assert Words.model_validate("Name").in_("cy") == "Name"


def test_words_are_cleaned_of_what_nobody_sees() -> None:
    assert Words.model_validate(" Your\r\nname\x00 ").en == "Your name"


Q1 = "Page 1, question 1"


@pytest.mark.parametrize(
    ("data", "where", "sentence"),
    [
        (None, "", "The form: this must be an object."),
        ([], "", "The form: this must be an object."),
        ({}, "/pages", "The form: “pages” is missing."),
        ({"pages": []}, "/pages", "The form: “pages” is empty: at least one is needed."),
        ({"pages": "x"}, "/pages", "The form: “pages” must be a list."),
        ({"pages": [5]}, "/pages/0", "Page 1: this must be an object."),
        (form_of([]), "/pages/0/questions", "Page 1: “questions” is empty: at least one is needed."),
        (form_of([5]), "/pages/0/questions/0", f"{Q1}: this must be an object."),
        (
            form_of(*([[{**TEXT, "key": f"t{n}"}] for n in range(101)])),
            "/pages",
            "The form: “pages” holds too many: 100 at most.",
        ),
        (
            form_of(*([[{**TEXT, "key": f"t{p}_{n}"} for n in range(151)] for p in range(2)])),
            "/pages",
            "The form has more than 300 questions.",
        ),
        (
            form_of([{**TEXT, "key": f"t{n}"} for n in range(301)]),
            "/pages",
            "The form has more than 300 questions.",
        ),
        (
            form_of([{**CHOICE, "options": [{"key": f"o{n}", "label": "O"} for n in range(201)]}]),
            "/pages/0/questions/0/options",
            f"{Q1} (“a”): “options” holds too many: 200 at most.",
        ),
        ({"pages": [{"questions": [TEXT]}]}, "/pages/0/title", "Page 1: “title” is missing."),
        ({"pages": [{"title": " ", "questions": [TEXT]}]}, "/pages/0/title", "Page 1: “title” is blank."),
        ({**form_of([TEXT]), "name": 1}, "/name", "The form: “name” is not known here: use pages."),
        (
            form_of([{**TEXT, "colour": "red"}]),
            "/pages/0/questions/0/colour",
            f"{Q1} (“t”): “colour” is not known here: use key, type, label, hint, required, options, limits, show_if.",
        ),
        (
            form_of([{**TEXT, "label": 5}]),
            "/pages/0/questions/0/label",
            f"{Q1} (“t”): “label” must be text or an object with en and cy.",
        ),
        (
            form_of([{**TEXT, "label": "x" * 2_001}]),
            "/pages/0/questions/0/label",
            f"{Q1} (“t”): “label” must be 2,000 characters or fewer.",
        ),
        (form_of([{**TEXT, "hint": {"cy": "Enw"}}]), "/pages/0/questions/0/hint/en", f"{Q1} (“t”): “en” is missing."),
        (
            form_of([{**TEXT, "hint": {"en": "A", "fr": "B"}}]),
            "/pages/0/questions/0/hint/fr",
            f"{Q1} (“t”): “fr” is not known here: use en, cy.",
        ),
        (
            form_of([{**TEXT, "required": "yes"}]),
            "/pages/0/questions/0/required",
            f"{Q1} (“t”): “required” must be true or false.",
        ),
        (
            form_of([{**TEXT, "key": "Bad key"}]),
            "/pages/0/questions/0/key",
            f"{Q1} (“Bad key”): the key “Bad key” may hold only "
            "lower-case letters, digits and _, and begins with a letter.",
        ),
        (
            form_of([{**TEXT, "key": "k" * 61}]),
            "/pages/0/questions/0/key",
            f"{Q1} (“{'k' * 59}…”): “key” must be 60 characters or fewer.",
        ),
        (
            form_of([{**TEXT, "key": "not"}]),
            "/pages/0/questions/0/key",
            f"{Q1} (“not”): its key is a word that conditions use: choose another.",
        ),
        (
            form_of([TEXT, TEXT]),
            "/pages/0/questions/1/key",
            "Page 1, question 2 (“t”): its key is already used by page 1, question 1.",
        ),
        (
            form_of([{**TEXT, "type": "date"}]),
            "/pages/0/questions/0/type",
            f"{Q1} (“t”): “date” questions are not supported: use single, multiple, text or long_text.",
        ),
        (form_of([{**TEXT, "type": 5}]), "/pages/0/questions/0/type", f"{Q1} (“t”): “type” must be text."),
        (
            form_of([{**CHOICE, "options": []}]),
            "/pages/0/questions/0/options",
            f"{Q1} (“a”): a single question needs options.",
        ),
        (
            form_of([{**TEXT, "options": CHOICE["options"]}]),
            "/pages/0/questions/0/options",
            f"{Q1} (“t”): a text question has no options.",
        ),
        (
            form_of([{**CHOICE, "options": [{"key": "x", "label": "X"}] * 2}]),
            "/pages/0/questions/0/options/1/key",
            f"{Q1} (“a”): the option key “x” is used twice.",
        ),
        (
            form_of([{**CHOICE, "options": [{"key": "X y", "label": "X"}]}]),
            "/pages/0/questions/0/options/0/key",
            f"{Q1}, option 1 (“a”): the key “X y” may hold only "
            "lower-case letters, digits, _ and -, and begins with a letter or digit.",
        ),
        (
            form_of([{**CHOICE, "limits": {"max_words": 5}}]),
            "/pages/0/questions/0/limits",
            f"{Q1} (“a”): a single question has no limits.",
        ),
        (
            form_of([{**TEXT, "limits": {"max_length": 0}}]),
            "/pages/0/questions/0/limits/max_length",
            f"{Q1} (“t”): “max_length” must be 1 or more.",
        ),
        (
            form_of([{**TEXT, "limits": {"max_length": 50_001}}]),
            "/pages/0/questions/0/limits/max_length",
            f"{Q1} (“t”): “max_length” must be 50,000 or less.",
        ),
        (
            form_of([{**TEXT, "limits": {"max_words": 1.5}}]),
            "/pages/0/questions/0/limits/max_words",
            f"{Q1} (“t”): “max_words” must be a whole number.",
        ),
        (
            form_of([{**TEXT, "limits": {"max_words": 6, "max_length": 10}}]),
            "/pages/0/questions/0/limits",
            f"{Q1} (“t”): 6 words can never fit in 10 characters.",
        ),
    ],
)
def test_each_fault_says_where_and_what(data: object, where: str, sentence: str) -> None:
    assert faults(data) == [(where, sentence)]


Q2 = "Page 2, question 1 (“t”): “show_if”"


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("a = 'x'", f"{Q2} cannot be read at character 3: “=” has no meaning here."),
        ("zz == 'x'", f"{Q2} names “zz”, but no question has that key."),
        ("t == 'x'", f"{Q2} names “t”, which is the question itself."),
        (
            "beside == 'x'",
            f"{Q2} names “beside”, which is on the same page. A page is sent as a whole, because the form works "
            "without JavaScript, so a condition can only use answers from earlier pages.",
        ),
        (
            "later == 'x'",
            f"{Q2} names “later”, which comes later, on page 3: a condition can only use answers from earlier pages.",
        ),
        ("a == 'q'", f"{Q2} names “a”, which has no option “q”: it has x, y."),
        ("a in ['x', 'q']", f"{Q2} names “a”, which has no option “q”: it has x, y."),
        ("words == 'x'", f"{Q2} names “words”, which is a text question: only questions with options can be compared."),
    ],
)
def test_a_condition_may_only_look_back_at_options_that_are_there(condition: str, sentence: str) -> None:
    data = form_of(
        [CHOICE, {**TEXT, "key": "words"}],
        [{**TEXT, "show_if": condition}, {**CHOICE, "key": "beside"}],
        [{**CHOICE, "key": "later"}],
    )
    assert faults(data) == [("/pages/1/questions/0/show_if", sentence)]


def test_every_fault_is_listed_at_once_in_the_order_of_the_form() -> None:
    data = form_of(
        [{**TEXT, "key": "A", "type": "date"}, {**CHOICE, "options": [], "label": ""}],
        [{**TEXT, "key": "a", "show_if": "a == 'x' and nobody == 'y'"}],
    )
    assert [where for where, _ in faults(data)] == [
        "/pages/0/questions/0/key",
        "/pages/0/questions/0/type",
        "/pages/0/questions/1/label",
        "/pages/0/questions/1/options",
        "/pages/1/questions/0/key",
        "/pages/1/questions/0/show_if",
        "/pages/1/questions/0/show_if",
    ]


def test_a_question_with_a_fault_of_its_own_still_counts_for_what_refers_to_it() -> None:
    data = form_of([{**CHOICE, "options": "none"}], [{**TEXT, "show_if": "a == 'x'"}])
    assert faults(data) == [("/pages/0/questions/0/options", f"{Q1} (“a”): “options” must be a list.")]


def test_the_model_alone_refuses_an_inconsistent_form_too() -> None:
    with pytest.raises(ValidationError, match="its key is already used"):
        FormDefinition.model_validate(form_of([TEXT, TEXT]))


def test_reading_leaves_the_given_data_alone(wire: dict[str, Any]) -> None:
    before = copy.deepcopy(wire)
    parse_definition(wire)
    assert wire == before


def test_a_hostile_name_cannot_break_the_message() -> None:
    ((where, sentence),) = faults({**form_of([TEXT]), "\ud800" + "9" * 6_000: 1})
    assert len(where) < 120
    assert len(sentence.encode()) < 200
