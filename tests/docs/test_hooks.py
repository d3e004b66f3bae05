"""The reference of the hooks says what the code says, and each hook is implemented and tested."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from folkmoot.spec import descriptors
from folkmoot.spec.manifest import Manifest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs" / "reference" / "hooks.md").read_text()
SPECIFICATIONS = ROOT / "core" / "folkmoot" / "spec" / "hookspecs.py"
IMPLEMENTATIONS = (ROOT / "core/folkmoot/web/core_plugin.py", *sorted(ROOT.glob("plugins/*/folkmoot_*/plugin.py")))
TESTS = [path for folder in ("tests", "plugins") for path in sorted((ROOT / folder).rglob("test_*.py"))]


def marked(path: Path, mark: str) -> dict[str, ast.FunctionDef]:
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return {
        function.name: function
        for function in functions
        if mark in {ast.unparse(decorator) for decorator in function.decorator_list}
    }


def signature(function: ast.FunctionDef) -> str:
    assert function.returns is not None
    return f"{function.name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


HOOKS = marked(SPECIFICATIONS, "hookspec")
DESCRIPTORS = [item for item in vars(descriptors).values() if dataclasses.is_dataclass(item) and isinstance(item, type)]


def test_the_reference_has_every_hook_with_its_exact_signature() -> None:
    documented = re.findall(r"^### `(\w+\(.*)`$", REFERENCE, re.MULTILINE)
    assert documented == [signature(function) for function in HOOKS.values()]


@pytest.mark.parametrize("hook", HOOKS)
def test_core_or_a_bundled_plugin_implements(hook: str) -> None:
    implementations = [path for path in IMPLEMENTATIONS if hook in marked(path, "hookimpl")]
    assert implementations
    assert {signature(marked(path, "hookimpl")[hook]) for path in implementations} == {signature(HOOKS[hook])}


@pytest.mark.parametrize("hook", HOOKS)
def test_a_test_names(hook: str) -> None:
    others = [path for path in TESTS if "docs" not in path.parts]
    assert [path for path in others if re.search(rf"\b{hook}\b", path.read_text())]


@pytest.mark.parametrize("descriptor", [*DESCRIPTORS, Manifest], ids=lambda descriptor: descriptor.__name__)
def test_the_reference_has_every_field_of(descriptor: type) -> None:
    heading = "## Manifest" if descriptor is Manifest else f"### `{descriptor.__name__}`"
    section = REFERENCE.partition(f"{heading}\n")[2].partition("\n#")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [f.name for f in dataclasses.fields(descriptor)]
