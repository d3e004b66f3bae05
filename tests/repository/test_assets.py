"""What the build hook made: named by content, whole, and free of what belongs to GOV.UK alone."""

import hashlib
import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "core" / "folkmoot" / "web" / "static" / "built"
FILES: dict[str, str] = json.loads((BUILT / "manifest.json").read_text())["files"]


@pytest.fixture
def hook(tmp_path: Path) -> ModuleType:
    """The build hook, working on a copy of the sources and of the result."""
    for part in ("assets", "hatch_build.py", "folkmoot/web/static/built"):
        source, copy = ROOT / "core" / part, tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    spec = importlib.util.spec_from_file_location("asset_hook_copy", tmp_path / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(logical: str) -> str:
    return (BUILT / FILES[logical]).read_text()


def test_the_manifest_names_every_file_that_pages_load_and_no_other_lies_there() -> None:
    assert set(FILES) == {"site.css", "govuk-frontend.min.js", "init.js", "favicon.svg"}
    assert {path.name for path in BUILT.iterdir()} == {*FILES.values(), "manifest.json"}


@pytest.mark.parametrize("logical", sorted(FILES))
def test_a_file_carries_the_hash_of_its_content_in_its_name(logical: str) -> None:
    digest = hashlib.sha256((BUILT / FILES[logical]).read_bytes()).hexdigest()[:12]
    assert FILES[logical] == f"{Path(logical).stem}.{digest}{Path(logical).suffix}"


def test_the_start_script_imports_the_hashed_name() -> None:
    assert f'from "./{FILES["govuk-frontend.min.js"]}"' in built("init.js")


def test_the_stylesheet_loads_nothing_else() -> None:
    assert "url(" not in built("site.css")
    assert "@import" not in built("site.css")
    assert re.findall(r"https?://\w", built("site.css")) == []


@pytest.mark.parametrize("logical", sorted(FILES))
def test_no_file_shows_the_crown_or_uses_the_typeface_of_gov_uk(logical: str) -> None:
    assert re.findall(r"crown|crest|gds transport|govuk-logo|govuk-header__logo", built(logical), re.IGNORECASE) == []


def test_text_is_set_in_typefaces_that_every_machine_has() -> None:
    assert set(re.findall(r"font-family:([^;}]+)", built("site.css"))) <= {"arial,sans-serif", "sans-serif"}


def test_the_stylesheet_knows_the_classes_of_our_own_layout() -> None:
    wanted = (
        "header nav phase footer staff-bar language figure table-scroll numbered search page-feedback blocks console"
    )
    assert [name for name in wanted.split() if f".fm-{name}" not in built("site.css")] == []
    assert "--folkmoot-brand:" in built("site.css")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG 2.2 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("govuk-text", "govuk-surface-background"),
        ("govuk-secondary-text", "govuk-surface-background"),
        ("govuk-link", "govuk-surface-background"),
        ("govuk-link-visited", "govuk-surface-background"),
        ("govuk-focus-text", "govuk-focus"),
        ("folkmoot-brand", "govuk-surface-background"),
        ("folkmoot-brand-text", "folkmoot-brand"),
    ],
)
def test_text_stands_out_from_its_ground_as_level_aa_asks(text: str, ground: str) -> None:
    colours = dict(re.findall(r"--((?:govuk|folkmoot)-[a-z-]+?)(?:-colour)?: ?(#[0-9a-f]{6})", built("site.css")))
    light, dark = sorted([luminance(colours[text]), luminance(colours[ground])], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_no_script_asks_for_a_source_map_that_is_not_shipped() -> None:
    assert "sourceMappingURL" not in built("govuk-frontend.min.js")


def test_what_is_built_is_fresh_so_a_second_install_builds_nothing(hook: ModuleType) -> None:
    assert hook.is_fresh()


@pytest.mark.parametrize("source", ["assets/site.scss", "assets/styles/_header.scss", "assets/package-lock.json"])
def test_a_changed_source_makes_it_stale(hook: ModuleType, source: str) -> None:
    with (hook.CORE / source).open("a") as file:
        file.write("\n")
    assert not hook.is_fresh()


def test_a_missing_result_makes_it_stale(hook: ModuleType) -> None:
    (hook.BUILT / FILES["site.css"]).unlink()
    assert not hook.is_fresh()


def test_a_node_that_is_too_old_for_the_locked_compiler_is_not_used(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, answer in (("node", "v18.19.0"), ("npm", "9.2.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {answer}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert not hook.node_on_path()
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.1.0\n")
    assert hook.node_on_path()
