"""What holds for every form and all answers."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from folkmoot.forms import (
    Fault,
    FormDefinition,
    InvalidDefinition,
    Problem,
    columns,
    evaluate,
    flatten,
    next_page,
    parse_condition,
    parse_definition,
    path,
    previous_page,
    say,
    tally,
    validate,
    validate_page,
    visible,
)
from folkmoot.forms.conditions import Comparison, Condition, Joined, Not
from folkmoot.forms.text import many_lines, one_line

pytestmark = pytest.mark.slow

OPTIONS = ("a", "b", "c")
# Mostly closed questions with conditions, so that most forms hide something behind something hidden.
TYPES = ("single", "single", "multiple", "multiple", "text", "long_text")
TEXTS = st.text(st.characters(), max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def conditions(keys: list[str]) -> st.SearchStrategy[Condition]:
    key, option = st.sampled_from(keys), st.sampled_from(OPTIONS)
    several = st.lists(option, min_size=1, max_size=3).map(tuple)
    leaf = st.builds(Comparison, key, st.sampled_from(("==", "!=")), st.tuples(option)) | st.builds(
        Comparison, key, st.just("in"), several
    )
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds(Not, inner)
            | st.builds(Joined, st.sampled_from(("and", "or")), st.lists(inner, min_size=2, max_size=3).map(tuple))
        ),
        max_leaves=4,
    )


@st.composite
def definitions(draw: st.DrawFn) -> FormDefinition:
    """Forms of up to five pages, whose conditions look back at random."""
    pages: list[dict[str, Any]] = []
    closed: list[str] = []
    for page in range(draw(st.integers(2, 5))):
        questions: list[dict[str, Any]] = [
            _question(draw, f"q{page}_{number}", closed) for number in range(draw(st.integers(1, 2)))
        ]
        closed += [question["key"] for question in questions if "options" in question]
        pages.append({"title": "Page", "questions": questions})
    return parse_definition({"pages": pages})


def _question(draw: st.DrawFn, key: str, closed: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(TYPES))
    question: dict[str, Any] = {"key": key, "type": kind, "label": "Label", "required": draw(st.booleans())}
    if kind in {"single", "multiple"}:
        last_is_exclusive = draw(st.booleans())
        question["options"] = [{"key": o, "label": o, "exclusive": o == "c" and last_is_exclusive} for o in OPTIONS]
    elif draw(st.booleans()):
        question["limits"] = {"max_length": draw(st.integers(1, 40))}
    if draw(st.integers(0, 4)) and closed:
        question["show_if"] = str(draw(conditions(closed[-3:])))
    return question


@st.composite
def forms_with_answers(draw: st.DrawFn) -> tuple[FormDefinition, dict[str, object]]:
    """A form with answers that are mostly of the right kind."""
    form = draw(definitions())
    option, unlikely = st.sampled_from(OPTIONS), JSON | st.just("d") | st.just(["d"])
    likely: dict[str, st.SearchStrategy[Any]] = {
        "single": option,
        "multiple": st.lists(option, max_size=3),
        "text": TEXTS,
        "long_text": TEXTS,
    }
    answered = [key for key in form.fields if draw(st.integers(0, 3))]
    return form, {
        key: draw(likely[form.fields[key].question.type] if draw(st.integers(0, 5)) else unlikely) for key in answered
    }


@given(forms_with_answers())
def test_what_is_hidden_is_never_required_stored_or_exported(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    checked = validate(form, answers)
    hidden = form.fields.keys() - visible(form, checked.answers)
    assert hidden.isdisjoint(checked.answers)
    assert hidden.isdisjoint(problem.key for problem in checked.problems)
    assert set(checked.ignored) <= hidden
    unseen = form.fields.keys() - visible(form, answers)
    assert not [name for name, cell in flatten(form, answers).items() if cell and name.split(".")[0] in unseen]


@given(forms_with_answers())
def test_what_was_answered_to_a_hidden_question_shows_and_hides_nothing(
    case: tuple[FormDefinition, dict[str, object]],
) -> None:
    form, answers = case
    shown = visible(form, answers)
    assert visible(form, {key: answer for key, answer in answers.items() if key in shown}) == shown


@given(forms_with_answers())
def test_every_given_answer_is_stored_refused_ignored_or_blank(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    checked = validate(form, answers)
    told = {*checked.answers, *checked.ignored, *(problem.key for problem in checked.problems)}
    assert all(_is_blank(answers[key]) for key in answers.keys() - told)


def _is_blank(answer: object) -> bool:
    return answer is None or answer == [] or (isinstance(answer, str) and not many_lines(answer))


@given(forms_with_answers())
def test_the_way_through_is_total_rising_and_the_same_both_ways(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    way = path(form, answers)
    assert set(way) == {form.fields[key].page for key in visible(form, answers)}
    assert list(way) == sorted(set(way))
    forth, page = [], next_page(form, answers, 0)
    while page is not None:
        forth.append(page)
        assert len(forth) <= len(form.pages)
        page = next_page(form, answers, page)
    assert tuple(forth) == way
    assert [previous_page(form, answers, page) for page in way] == [None, *way[:-1]]


@given(forms_with_answers(), st.data())
def test_an_answer_changes_nothing_on_its_own_page_or_before(
    case: tuple[FormDefinition, dict[str, object]], data: st.DataObject
) -> None:
    form, answers = case
    key = data.draw(st.sampled_from(sorted(form.fields)))
    upto = form.fields[key].page
    changed = visible(form, {**answers, key: data.draw(st.sampled_from(OPTIONS))}) ^ visible(form, answers)
    assert all(form.fields[other].page > upto for other in changed)


@given(forms_with_answers())
def test_checking_what_was_checked_changes_nothing(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    once = validate(form, answers)
    twice = validate(form, once.answers)
    assert (twice.answers, twice.ignored) == (once.answers, ())
    # What was missing is missing still; nothing that was taken becomes a problem.
    assert {problem.code for problem in twice.problems} <= {"required"}
    if not once.problems:
        assert twice.problems == ()


@given(definitions(), st.data())
def test_page_by_page_in_a_browser_gives_what_the_whole_gives(form: FormDefinition, data: st.DataObject) -> None:
    option = st.sampled_from(OPTIONS)
    fields = {
        key: data.draw(st.lists(option, max_size=2 if field.question.kind.several else 1, unique=True))
        for key, field in form.fields.items()
    }
    stored: dict[str, Any] = {}
    problems: list[Problem] = []
    page = next_page(form, stored, 0)
    while page is not None:
        checked = validate_page(form, page, fields, stored)
        stored, problems = stored | checked.answers, [*problems, *checked.problems]
        page = next_page(form, stored, page)
    whole = {
        key: (value if form.fields[key].question.kind.several else value[0]) for key, value in fields.items() if value
    }
    at_once = validate(form, whole)
    assert stored == at_once.answers
    assert tuple(problems) == at_once.problems


@given(forms_with_answers())
def test_columns_are_the_same_whatever_was_answered(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    assert tuple(flatten(form, answers)) == columns(form)
    assert len(set(columns(form))) == len(columns(form))


@given(forms_with_answers())
def test_counts_agree_with_the_rows(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, given_ = case
    answers = validate(form, given_).answers
    row = flatten(form, answers)
    for key, counted in tally(form, [answers]).items():
        several = form.fields[key].question.kind.several
        for option in counted.options:
            assert option.count == ((row[f"{key}.{option.key}"] == "1") if several else (row[key] == option.key))


@given(forms_with_answers())
def test_every_problem_has_a_sentence(case: tuple[FormDefinition, dict[str, object]]) -> None:
    form, answers = case
    assert all(say(problem, form, "en", str) for problem in validate(form, answers).problems)


@given(definitions())
def test_a_definition_survives_its_json(form: FormDefinition) -> None:
    assert parse_definition(json.loads(json.dumps(form.as_json()))) == form


@given(conditions(["x", "y"]))
def test_a_condition_survives_being_written_and_read(condition: Condition) -> None:
    assume(str(condition).count("(") < 10)
    assert parse_condition(str(condition)) == condition


@given(conditions(["x", "y"]), st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(OPTIONS)))
def test_not_is_the_opposite(condition: Condition, answers: dict[str, object]) -> None:
    assert evaluate(Not(condition), answers) is not evaluate(condition, answers)


@given(TEXTS)
def test_cleaning_is_done_once_for_all(text: str) -> None:
    for tidy in (one_line, many_lines):
        cleaned = tidy(text)
        assert tidy(cleaned) == cleaned
        cleaned.encode()
    assert "\n" not in one_line(text)


def _mutated(wire: Any, draw: st.DrawFn) -> Any:
    """The wire form with one place in it replaced by anything."""
    if isinstance(wire, dict) and wire and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(wire)))
        return {**wire, key: _mutated(wire[key], draw)}
    if isinstance(wire, list) and wire and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(wire) - 1))
        return [*wire[:at], _mutated(wire[at], draw), *wire[at + 1 :]]
    return draw(JSON)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    return _mutated(draw(definitions()).as_json(), draw)


def _read(data: Any) -> tuple[tuple[Fault, ...], FormDefinition | None]:
    try:
        return (), parse_definition(data)
    except InvalidDefinition as invalid:
        return invalid.faults, None


@settings(max_examples=300)
@given(damaged() | JSON | JSON.map(lambda each: {"pages": each}))
def test_reading_anything_gives_a_form_or_faults_in_sentences(data: Any) -> None:
    faults, form = _read(data)
    assert bool(faults) is (form is None)
    for fault in faults:
        assert fault.sentence.endswith(".")
        json.dumps(fault, ensure_ascii=False).encode()
    if form is not None:
        json.dumps(form.as_json(), ensure_ascii=False).encode()


@settings(max_examples=200)
@given(definitions(), JSON)
def test_checking_anything_raises_nothing(form: FormDefinition, anything: Any) -> None:
    validate(form, anything)
    checked = validate(form, dict.fromkeys(form.fields, anything))
    json.dumps([checked.answers, [problem.key for problem in checked.problems]], ensure_ascii=False).encode()
    visible(form, dict.fromkeys(form.fields, anything))
    flatten(form, dict.fromkeys(form.fields, anything))
    tally(form, [dict.fromkeys(form.fields, anything)])
