"""The distributions of this repository: where they are and what each needs."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def folders() -> list[Path]:
    """Every distribution's folder, in the order in which they depend on one another."""
    return [ROOT / "templates" / "cookiecutter", ROOT / "core", *sorted(ROOT.glob("plugins/*"))]


def project(folder: Path) -> dict[str, object]:
    """The `[project]` table of a distribution."""
    table: dict[str, object] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return table


def name_of(requirement: str) -> str:
    """The distribution a requirement asks for, as PEP 503 writes names."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    if found is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", found.group()).lower()


def outside_requirements() -> list[str]:
    """What all distributions together need to run, without one another."""
    projects = [project(folder) for folder in folders()]
    own = {name_of(str(table["name"])) for table in projects}
    wanted = {text for table in projects for text in list_of(table, "dependencies") if name_of(text) not in own}
    return sorted(wanted)


def list_of(table: dict[str, object], field: str) -> list[str]:
    value = table.get(field, [])
    return [str(item) for item in value] if isinstance(value, list) else []
