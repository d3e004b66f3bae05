"""The Welsh catalogues of the plugins: whole, and nothing left in English by mistake."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())
PLACEHOLDER = r"%\(\w+\)s|%%"
JINJA = {"silent": "false", "newstyle_gettext": "true"}
# Words that are the same in both languages; formal examples (``role == 'nurse'``) are as well.
SAME_IN_WELSH = {"Map"}


def first(message: object) -> str:
    return message if isinstance(message, str) else str(message[0])  # type: ignore[index]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="cy")


def core() -> Catalog:
    return read(ROOT / "core/folkmoot/locale/cy/LC_MESSAGES/folkmoot.po")


def wanted(package: Path) -> set[str]:
    found = extract_from_dir(package, [("**.py", "python"), ("**.html", "jinja2")], {"**.html": JINJA})
    texts = {first(message) for _, _, message, _, _ in found}
    return {text for text in texts if re.search(r"[A-Za-z]", re.sub(PLACEHOLDER, "", text))}


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_message_of_a_plugin_has_its_welsh(plugin: str) -> None:
    package = ROOT / "plugins" / plugin / f"folkmoot_{plugin}"
    catalogue = read(package / "locale/cy/LC_MESSAGES" / f"folkmoot_{plugin}.po")
    told = {first(m.id) for source in (core(), catalogue) for m in source if m.id and m.string and not m.fuzzy}
    messages = wanted(package)
    assert len(messages) > 20
    assert messages - told == set()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_welsh_of_a_plugin_differs_from_its_english_and_keeps_its_placeholders(plugin: str) -> None:
    catalogue = read(ROOT / "plugins" / plugin / f"folkmoot_{plugin}/locale/cy/LC_MESSAGES/folkmoot_{plugin}.po")
    assert catalogue.num_plurals == core().num_plurals
    same = set()
    for message in catalogue:
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[-1]
        for welsh in [message.string] if isinstance(message.string, str) else message.string:
            placeholders = [sorted(re.findall(PLACEHOLDER, text)) for text in (english, welsh)]
            assert placeholders[0] == placeholders[1], english
            if welsh == english:
                same.add(english)
    assert {text for text in same if "==" not in text} <= SAME_IN_WELSH
