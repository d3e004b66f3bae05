"""The way through a form."""

import pytest

from folkmoot.forms import FormDefinition, next_page, path, previous_page, visible


@pytest.mark.parametrize(
    ("answers", "shown", "pages"),
    [
        ({}, {"carer", "name", "other"}, (1, 3)),
        ({"carer": "no"}, {"carer", "name", "other"}, (1, 3)),
        ({"carer": "yes"}, {"carer", "name", "help", "other"}, (1, 2, 3)),
        ({"carer": "yes", "help": ["family"]}, {"carer", "name", "help", "wish", "other"}, (1, 2, 3)),
        ({"carer": "yes", "help": ["paid"]}, {"carer", "name", "help", "other"}, (1, 2, 3)),
    ],
)
def test_answers_decide_what_is_shown(
    form: FormDefinition, answers: dict[str, object], shown: set[str], pages: tuple[int, ...]
) -> None:
    assert visible(form, answers) == shown
    assert path(form, answers) == pages


def test_the_answer_of_a_hidden_question_does_not_show_others(form: FormDefinition) -> None:
    assert "wish" not in visible(form, {"help": ["family"]})


def test_pages_without_a_visible_question_are_passed_over_both_ways(form: FormDefinition) -> None:
    assert next_page(form, {"carer": "no"}, after=0) == 1
    assert next_page(form, {"carer": "no"}, after=1) == 3
    assert next_page(form, {"carer": "yes"}, after=1) == 2
    assert next_page(form, {}, after=3) is None
    assert previous_page(form, {"carer": "no"}, before=3) == 1
    assert previous_page(form, {}, before=1) is None
