"""The language of `show_if`."""

import pytest

from folkmoot.forms import ConditionSyntaxError, evaluate, parse_condition
from folkmoot.forms.conditions import Comparison, Joined, Not


@pytest.mark.parametrize(
    ("source", "answers", "holds"),
    [
        ("a == 'x'", {"a": "x"}, True),
        ("a == 'x'", {"a": "y"}, False),
        ("a == 'x'", {}, False),
        ("a == 'x'", {"a": ["w", "x"]}, True),
        ("a == 'x'", {"a": []}, False),
        ("a != 'x'", {"a": "x"}, False),
        ("a != 'x'", {"a": "y"}, True),
        ("a != 'x'", {}, True),
        ("a != 'x'", {"a": ["w", "x"]}, False),
        ("a in ['x', 'y']", {"a": "y"}, True),
        ("a in ['x', 'y']", {"a": "z"}, False),
        ("a in ['x', 'y']", {"a": ["z", "y"]}, True),
        ("a in ['xyz']", {"a": "x"}, False),
        ("not a == 'x'", {"a": "x"}, False),
        ("not not a == 'x'", {"a": "x"}, True),
        ('a == "x"', {"a": "x"}, True),
        ("a=='x'and b=='y'", {"a": "x", "b": "y"}, True),
        ("a == 'x' and b == 'y'", {"a": "x"}, False),
        ("a == 'x' or b == 'y'", {"b": "y"}, True),
        # `and` binds closer than `or`, and `not` closer than both.
        ("a == 'x' or b == 'y' and c == 'z'", {"a": "x"}, True),
        ("(a == 'x' or b == 'y') and c == 'z'", {"a": "x"}, False),
        ("not a == 'x' or b == 'y'", {"a": "x", "b": "y"}, True),
        ("not (a == 'x' or b == 'y')", {"a": "x", "b": "y"}, False),
        ("a == 'x'", {"a": {"x": 1}}, False),
    ],
)
def test_a_condition_holds_as_written(source: str, answers: dict[str, object], holds: bool) -> None:
    assert evaluate(parse_condition(source), answers) is holds


def test_a_condition_names_its_keys() -> None:
    assert parse_condition("not (a == 'x' or b in ['y']) and a != 'z'").keys() == {"a", "b"}


def test_words_that_begin_like_an_operator_are_keys() -> None:
    assert parse_condition("order == 'x' and inner == 'y'").keys() == {"order", "inner"}


def test_the_tree_follows_the_grammar() -> None:
    x, y, z = (Comparison(key, "==", ("1",)) for key in "xyz")
    assert parse_condition("x == '1' or y == '1' and not z == '1'") == Joined("or", (x, Joined("and", (y, Not(z)))))


@pytest.mark.parametrize(
    ("source", "position", "sentence"),
    [
        ("", 1, "expected the key of a question, but the condition ends"),
        ("  ", 1, "expected the key of a question, but the condition ends"),
        ("a", 2, "expected “==”, “!=” or “in”, but the condition ends"),
        ("a = 'x'", 3, "“=” has no meaning here"),
        ("a == x", 6, "expected an option in quotes, but found “x”"),
        ("a == 'x", 6, "the quote has no end"),
        ("a == 'x' b == 'y'", 10, "expected “and”, “or” or the end, but found “b”"),
        ("a == 'x' and", 13, "expected the key of a question, but the condition ends"),
        ("(a == 'x'", 10, "expected “)”, but the condition ends"),
        ("a in 'x'", 6, "expected “[”, but found “'x'”"),
        ("a in []", 7, "expected an option in quotes, but found “]”"),
        ("a in ['x' 'y']", 11, "expected “,” or “]”, but found “'y'”"),
        ("and == 'x'", 1, "expected the key of a question, but found “and”"),
        ("a == 'x' &&  b", 10, "“&” has no meaning here"),
        ("Å == 'x'", 1, "“Å” has no meaning here"),
        ("(" * 30, 21, "conditions nest 20 deep at most"),
        ("not " * 30, 81, "conditions nest 20 deep at most"),
        ("a == 'x'" + " " * 1_000, 1_001, "a condition has 1,000 characters at most"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(source: str, position: int, sentence: str) -> None:
    with pytest.raises(ConditionSyntaxError) as raised:
        parse_condition(source)
    assert (raised.value.position, raised.value.sentence) == (position, sentence)


def test_long_flat_conditions_are_no_deep_ones() -> None:
    source = " or ".join(["(a == 'x')"] * 60)
    assert evaluate(parse_condition(source), {"a": "x"})
