"""The import contracts of pyproject.toml hold on a tree that keeps them and catch every kind of breach."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS, INDEPENDENCE, CORE_ALONE, FACADE = CONTRACTS["contracts"]
LAYERED = {name for layer in LAYERS["layers"] for name in re.findall(r"\w+", layer)}
PUBLIC = {"api", "testing"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small platform of empty packages, with plugins that reach core as they should."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in LAYERED:
        (tmp_path / "folkmoot" / name).mkdir(parents=True)
        (tmp_path / "folkmoot" / name / "__init__.py").touch()
    (tmp_path / "folkmoot" / "__init__.py").touch()
    (tmp_path / "folkmoot" / "api" / "__init__.py").write_text("import folkmoot.store\n")
    for plugin in INDEPENDENCE["modules"]:
        (tmp_path / plugin).mkdir()
        (tmp_path / plugin / "__init__.py").write_text("import folkmoot.api\nimport folkmoot.testing\n")
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def broken(tree: Path) -> list[str]:
    """Names of the contracts that do not hold."""
    output = lint(tree).stdout
    return [contract["name"] for contract in CONTRACTS["contracts"] if f"{contract['name']} BROKEN" in output]


def test_a_tree_that_keeps_to_the_layers_passes(tree: Path) -> None:
    result = lint(tree)
    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(CONTRACTS['contracts'])} kept, 0 broken" in result.stdout


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("folkmoot/spec", "folkmoot.kernel", LAYERS),
        ("folkmoot/kernel", "folkmoot.store", LAYERS),
        ("folkmoot/store", "folkmoot.accounts", LAYERS),
        ("folkmoot/forms", "folkmoot.web", LAYERS),
        ("folkmoot/web", "folkmoot.api", LAYERS),
        ("folkmoot/testing", "folkmoot.cli", LAYERS),
        ("folkmoot/forms", "folkmoot.accounts", LAYERS),
        ("folkmoot_feedback", "folkmoot_dashboard", INDEPENDENCE),
        ("folkmoot/web", "folkmoot_consultation", CORE_ALONE),
        ("folkmoot_consultation", "folkmoot.store", FACADE),
        ("folkmoot_publication", "folkmoot.spec", FACADE),
    ],
)
def test_an_import_against_the_rules_is_caught(
    tree: Path, importer: str, imported: str, contract: dict[str, str]
) -> None:
    with (tree / importer / "__init__.py").open("a") as module:
        module.write(f"import {imported}\n")
    assert contract["name"] in broken(tree)


def test_a_package_of_core_that_is_in_no_layer_is_caught(tree: Path) -> None:
    (tree / "folkmoot" / "odds_and_ends").mkdir()
    (tree / "folkmoot" / "odds_and_ends" / "__init__.py").touch()
    assert LAYERS["name"] in broken(tree)


def test_every_package_of_core_but_the_public_two_is_kept_from_plugins() -> None:
    packages = {path.parent.name for path in (ROOT / "core" / "folkmoot").glob("*/__init__.py")}
    assert {f"folkmoot.{name}" for name in packages - PUBLIC} == set(FACADE["protected_modules"])
