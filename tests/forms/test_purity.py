"""The engine stands alone: its tables are beside it, and it never reaches for them."""

import ast
import sys
from pathlib import Path

import folkmoot.forms

FOLDER = Path(folkmoot.forms.__file__).parent
ALLOWED = {*sys.stdlib_module_names, "pydantic", "pydantic_core"}


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def test_what_the_engine_reaches_is_the_standard_library_pydantic_and_itself() -> None:
    reached: set[str] = set()
    waiting = _imported(FOLDER / "__init__.py")
    while waiting:
        name = waiting.pop()
        own = name.removeprefix("folkmoot.forms.")
        if name not in reached and own != name:
            waiting |= _imported(FOLDER / f"{own}.py")
        reached.add(name)
    assert "folkmoot.forms.definition" in reached
    assert {
        name for name in reached if not name.startswith("folkmoot.forms.") and name.split(".")[0] not in ALLOWED
    } == set()
