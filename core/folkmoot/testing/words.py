"""The assertion on a plugin's catalogues: whole together with core's, and nothing lost on the way."""

import re
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

JINJA = {"silent": "false", "newstyle_gettext": "true"}
KEPT = (r"%\(\w+\)s|\{\w*\}", r"</?\w+[^>]*>")


def assert_translated(package: str, locale: str = "cy", *, same: Collection[str] = ()) -> None:
    """Fail unless every message of a package has its translation, in its own catalogue or in core's.

    :param package: the import package, such as ``folkmoot_consultation``
    :param same: messages that are rightly the same in both languages
    """
    here, core = _catalogue(package, locale), _catalogue("folkmoot", locale)
    wanted = _wanted(Path(str(files(package))))
    told = {
        _forms(m.id)[0] for source in (here, core) for m in source if m.id and not m.fuzzy and all(_forms(m.string))
    }
    assert wanted, f"{package} has no messages: are its words marked?"
    assert wanted - told == set(), "without a translation"
    assert {_forms(m.id)[0] for m in here if m.id} - wanted == set(), "translated, and not shown anywhere"
    assert here.num_plurals == core.num_plurals, "another rule for plurals than core's"
    for message in here:
        for text in _forms(message.string) if message.id else ():
            english = _forms(message.id)[-1]
            assert text != english or english in same, f"left in English: {english}"
            for pattern in KEPT:
                assert sorted(re.findall(pattern, text)) == sorted(re.findall(pattern, english)), english


def _catalogue(package: str, locale: str) -> "Catalog":
    from babel.messages.pofile import read_po

    path = Path(str(files(package))) / "locale" / locale / "LC_MESSAGES" / f"{package}.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def _wanted(folder: Path) -> set[str]:
    from babel.messages.extract import extract_from_dir

    methods = [("**.py", "python"), ("**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
    found = extract_from_dir(folder, methods, {"**.html": JINJA, "**/templates/**.txt": JINJA})
    return {_forms(message)[0] for _, _, message, _, _ in found}
