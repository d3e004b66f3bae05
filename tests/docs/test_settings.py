"""The reference of the settings lists each with its default."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from folkmoot.kernel.settings import KINDS, SWITCHES, Settings

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md").read_text()
ROW = re.compile(r"^\| `([a-z_.]+)` \| (.+?) \|", re.MULTILINE)
# Read by the tests of the repository alone.
OF_THE_TESTS = {"FOLKMOOT_BATTERY", "FOLKMOOT_TEST_POSTGRES"}


def leaves(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, f"{before}{name}.")
        else:
            yield f"{before}{name}", shown(field.default)


def shown(default: Any) -> str:
    return "required" if default is PydanticUndefined else f"`{json.dumps(default)}`"


def test_every_setting_is_there_with_its_default() -> None:
    assert ROW.findall(REFERENCE) == list(leaves(Settings))


def test_every_kind_of_body_is_there() -> None:
    row = next(line for line in REFERENCE.splitlines() if line.startswith("| `site.kind`"))
    assert [kind for kind in get_args(KINDS) if f"`{kind}`" not in row] == []


def test_every_variable_that_is_no_setting_is_there() -> None:
    assert set(re.findall(r"^\| `(FOLKMOOT_\w+)`", REFERENCE, re.MULTILINE)) == SWITCHES - OF_THE_TESTS
