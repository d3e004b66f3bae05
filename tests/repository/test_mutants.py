"""The changes that `make mutation` makes to code: each is a single one, and the usual mistakes are among them."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from mutants import mutants  # noqa: E402 - a tool beside the repository, not a package


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("x = a == b", "x = a != b"),
        ("x = a < b <= c", "x = a <= b <= c"),
        ("x = a and b", "x = a or b"),
        ("x = not a", "x = a"),
        ("x = True", "x = False"),
        ("x = 3", "x = 4"),
        ("x = a + b", "x = a - b"),
        ("if a:\n    b = c", "if not a:\n    b = c"),
        ("def f():\n    return a", "def f():\n    return None"),
        ("def f():\n    raise Refused", "def f():\n    pass"),
        ("check(a)", "pass"),
    ],
)
def test_a_usual_mistake_is_tried(source: str, mistake: str) -> None:
    assert [mutant.source for mutant in mutants(source)] == [mistake]


def test_each_place_is_changed_alone() -> None:
    source = "def f(a, b):\n    if a and not b:\n        return a == 1\n    return True"
    sources = [mutant.source for mutant in mutants(source)]
    assert len(sources) == len(set(sources)) == 8
    assert ast.unparse(ast.parse(source)) not in sources


def test_words_and_names_are_left_alone() -> None:
    assert list(mutants('"""What it is."""\nname = "a sentence"\nother = name.title')) == []


def test_a_change_is_told_with_its_line_and_what_stood_there() -> None:
    [mutant] = mutants("\nx = a in b")
    assert (mutant.line, mutant.before, mutant.after) == (2, "a in b", "a not in b")
