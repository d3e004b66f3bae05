"""From what was sent to answers that can be stored."""

from typing import Any

import pytest

from folkmoot.forms import FormDefinition, Problem, as_typed, parse_definition, validate, validate_page

GOOD = {"carer": "yes", "name": "Ann", "help": ["paid", "family"], "wish": "More time", "other": "No"}


def test_good_answers_come_back_in_form_order_cleaned_and_without_blanks(form: FormDefinition) -> None:
    sent = {
        "other": " \r\n ",
        "wish": " More\r\ntime\x00 ",
        "help": ["paid", "family", "paid"],
        "name": None,
        "carer": "yes",
    }
    checked = validate(form, sent)
    assert checked.problems == ()
    assert list(checked.answers.items()) == [("carer", "yes"), ("help", ["family", "paid"]), ("wish", "More\ntime")]
    assert checked.ignored == ()


def test_one_option_of_several_may_come_without_a_list(form: FormDefinition) -> None:
    assert validate(form, {**GOOD, "help": "family"}).answers["help"] == ["family"]


def test_a_line_of_text_stays_one_line(form: FormDefinition) -> None:
    assert validate(form, {**GOOD, "name": "Ann\nJones"}).answers["name"] == "Ann Jones"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"carer": None}, Problem("carer", "required")),
        ({"carer": ""}, Problem("carer", "required")),
        ({"carer": "maybe"}, Problem("carer", "unknown_option", {"value": "“maybe”"})),
        ({"carer": ["yes"]}, Problem("carer", "one_only")),
        ({"carer": True}, Problem("carer", "not_text")),
        ({"help": []}, Problem("help", "required")),
        ({"help": ["family", "dog"]}, Problem("help", "unknown_option", {"value": "“dog”"})),
        ({"help": ["family", "none"]}, Problem("help", "exclusive", {"option": "none"})),
        ({"help": ["family", 5]}, Problem("help", "not_options")),
        ({"help": {"family": True}}, Problem("help", "not_options")),
        ({"wish": "  \n "}, Problem("wish", "required")),
        ({"wish": "one two three four five six"}, Problem("wish", "too_many_words", {"limit": 5})),
        ({"wish": "x" * 50_001}, Problem("wish", "too_long", {"limit": 50_000})),
        ({"other": "x" * 21}, Problem("other", "too_long", {"limit": 20})),
        ({"other": 5}, Problem("other", "not_text")),
        ({"other": ["x"]}, Problem("other", "not_text")),
        ({"name": "x" * 201}, Problem("name", "too_long", {"limit": 200})),
        ({"nome": "x"}, Problem("nome", "unknown_question", {"value": "“nome”"})),
    ],
)
def test_each_problem_is_told_apart(form: FormDefinition, change: dict[str, Any], problem: Problem) -> None:
    checked = validate(form, {**GOOD, **change})
    assert problem in checked.problems
    assert problem.key not in checked.answers


@pytest.mark.parametrize(
    "change", [{"name": "x" * 200}, {"other": "x" * 20 + " "}, {"wish": "one two three four five"}]
)
def test_answers_up_to_the_limit_are_taken(form: FormDefinition, change: dict[str, Any]) -> None:
    assert validate(form, {**GOOD, **change}).problems == ()


def test_long_text_has_ten_thousand_characters_where_nothing_is_said() -> None:
    question = {"key": "q", "type": "long_text", "label": "Q?"}
    form = parse_definition({"pages": [{"title": "Page", "questions": [question]}]})
    assert validate(form, {"q": "x" * 10_000}).problems == ()
    assert validate(form, {"q": "x" * 10_001}).problems == (Problem("q", "too_long", {"limit": 10_000}),)


def test_several_problems_come_at_once(form: FormDefinition) -> None:
    checked = validate(form, {"carer": "yes", "name": 5, "help": ["none"], "nobody": "x"})
    assert [(problem.key, problem.code) for problem in checked.problems] == [
        ("nobody", "unknown_question"),
        ("name", "not_text"),
        ("wish", "required"),
    ]


def test_answers_of_hidden_questions_are_left_out_and_named(form: FormDefinition) -> None:
    checked = validate(form, {**GOOD, "carer": "no"})
    assert checked.ignored == ("help", "wish")
    assert checked.answers == {"carer": "no", "name": "Ann", "other": "No"}
    assert checked.problems == ()


@pytest.mark.parametrize("answers", [None, [], "x", 5])
def test_answers_that_are_no_object_are_one_problem(form: FormDefinition, answers: object) -> None:
    assert validate(form, answers).problems == (Problem("", "not_an_object"),)


def test_a_page_is_checked_alone_and_other_fields_are_passed_over(form: FormDefinition) -> None:
    submitted = {"carer": ["yes"], "name": [" Ann "], "button": ["continue"], "help": ["dog"]}
    checked = validate_page(form, 1, submitted, {})
    assert (checked.answers, checked.problems, checked.ignored) == ({"carer": "yes", "name": "Ann"}, (), ())


def test_earlier_answers_decide_what_a_page_asks(form: FormDefinition) -> None:
    assert validate_page(form, 2, {}, {"carer": "yes"}).problems == (Problem("help", "required"),)
    hidden = validate_page(form, 2, {"help": ["paid"]}, {"carer": "no"})
    assert (hidden.answers, hidden.problems, hidden.ignored) == ({}, (), ("help",))


def test_ticked_boxes_arrive_as_a_list(form: FormDefinition) -> None:
    assert validate_page(form, 2, {"help": ["paid"]}, {"carer": "yes"}).answers == {"help": ["paid"]}
    both = validate_page(form, 2, {"help": ["paid", "none"]}, {"carer": "yes"})
    assert both.problems == (Problem("help", "exclusive", {"option": "none"}),)


def test_a_field_sent_twice_is_a_problem_and_no_guess(form: FormDefinition) -> None:
    checked = validate_page(form, 1, {"carer": ["yes", "no"], "name": ["Ann", "Bob"]}, {})
    assert [problem.code for problem in checked.problems] == ["one_only", "not_text"]


def test_what_was_typed_is_kept_untouched_to_show_it_again(form: FormDefinition) -> None:
    submitted = {"wish": [" one two\r\nthree four five six "], "other": [""], "button": ["x"]}
    assert as_typed(form, 3, submitted) == {"wish": submitted["wish"][0], "other": ""}
    assert as_typed(form, 2, {"help": ["none", "dog"]}) == {"help": ["none", "dog"]}


@pytest.mark.parametrize("page", [-1, 0, 4])
def test_a_page_that_is_not_there_is_an_error_of_the_caller(form: FormDefinition, page: int) -> None:
    with pytest.raises(LookupError, match=f"There is no page {page} in this form"):
        validate_page(form, page, {}, {})


def test_a_key_that_cannot_be_encoded_is_named_safely(form: FormDefinition) -> None:
    (problem,) = validate(form, {**GOOD, "\ud800" + "k" * 900: "x"}).problems
    assert len(problem.key.encode()) <= 102
