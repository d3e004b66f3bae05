"""The Welsh catalogue of the plugin: whole together with core's, and with nothing lost on the way."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PACKAGE = "folkmoot_feedback"
JINJA = {"silent": "false", "newstyle_gettext": "true"}


def catalogue(package: str) -> Catalog:
    with (Path(str(files(package))) / "locale" / "cy" / "LC_MESSAGES" / f"{package}.po").open("rb") as file:
        return read_po(file, locale="cy")


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def test_every_message_has_its_welsh_here_or_in_core() -> None:
    folder = Path(str(files(PACKAGE)))
    found = extract_from_dir(folder, [("**.py", "python"), ("**.html", "jinja2")], {"**.html": JINJA})
    wanted = {forms(message)[0] for _, _, message, _, _ in found}
    assert len(wanted) > 40
    here, core = catalogue(PACKAGE), catalogue("folkmoot")
    missing = {text for text in wanted if not any(text in c and all(forms(c[text].string)) for c in (here, core))}
    assert missing == set()
    assert {str(message.id) for message in here if message.id and forms(message.id)[0] not in wanted} == set()


@pytest.mark.parametrize("pattern", [r"%\(\w+\)s|\{\w*\}", r"</?\w+[^>]*>"], ids=["placeholders", "tags"])
def test_welsh_keeps_what_the_english_holds_besides_words(pattern: str) -> None:
    for message in catalogue(PACKAGE):
        english = sorted(re.findall(pattern, forms(message.id)[-1])) if message.id else []
        for text in forms(message.string) if message.id else ():
            assert sorted(re.findall(pattern, text)) == english, message.id
