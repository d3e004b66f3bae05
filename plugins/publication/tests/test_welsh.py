"""The Welsh catalogue: whole, and with nothing lost on the way."""

import re
from importlib.resources import files
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

PACKAGE = Path(str(files("folkmoot_publication")))
CATALOGUE = PACKAGE / "locale" / "cy" / "LC_MESSAGES" / "folkmoot_publication.po"
PLACEHOLDER = r"%\(\w+\)s|</?\w+[^>]*>"
JINJA = {"silent": "false", "newstyle_gettext": "true"}


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def test_every_message_has_its_welsh_and_no_welsh_is_left_over() -> None:
    found = extract_from_dir(PACKAGE, [("**.py", "python"), ("**.html", "jinja2")], {"**.html": JINJA})
    wanted = {forms(message)[0] for _, _, message, _, _ in found}
    with CATALOGUE.open("rb") as file:
        told = {forms(m.id)[0]: m for m in read_po(file, locale="cy") if m.id}
    assert len(wanted) > 100
    assert set(told) == wanted
    assert [name for name, message in told.items() if not all(forms(message.string)) or message.fuzzy] == []
    assert [name for name, message in told.items() if name in forms(message.string)] == []


def test_welsh_keeps_placeholders_and_tags_and_has_all_five_plurals() -> None:
    with CATALOGUE.open("rb") as file:
        told = [message for message in read_po(file, locale="cy") if message.id]
    for message in told:
        english = sorted(re.findall(PLACEHOLDER, forms(message.id)[-1]))
        for text in forms(message.string):
            assert sorted(re.findall(PLACEHOLDER, text)) == english, message.id
        assert len(forms(message.string)) == (5 if message.pluralizable else 1)
