"""The Welsh catalogue of the core: whole, different from the English, and with nothing lost on the way."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

CORE = Path(str(files("folkmoot")))
SAME_IN_WELSH = {"Beta"}
PLACEHOLDER = r"%\(\w+\)s|\{\w*\}"
JINJA = {"silent": "false", "newstyle_gettext": "true"}


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    with (CORE / "locale" / "cy" / "LC_MESSAGES" / "folkmoot.po").open("rb") as file:
        return read_po(file, locale="cy", domain="folkmoot")


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def wanted() -> set[str]:
    """Every message of core, as ``babel.cfg`` has pybabel find them, that holds words and not placeholders alone."""
    methods = [("**.py", "python"), ("**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
    found = extract_from_dir(CORE, methods, {"**.html": JINJA, "**/templates/**.txt": JINJA})
    texts = {forms(message)[0] for _, _, message, _, _ in found}
    return {text for text in texts if re.search(r"[A-Za-z]", re.sub(PLACEHOLDER, "", text))}


def told(welsh: Catalog) -> list[Message]:
    return [message for message in welsh if message.id]


def test_there_is_a_welsh_message_for_each_that_core_shows(welsh: Catalog) -> None:
    messages = wanted()
    assert len(messages) > 150
    assert {text for text in messages if text not in welsh or not all(forms(welsh[text].string))} == set()
    assert [message.id for message in told(welsh) if message.fuzzy] == []


def test_a_message_with_a_number_has_every_plural_of_welsh(welsh: Catalog) -> None:
    plurals = [message for message in told(welsh) if message.pluralizable]
    assert plurals
    assert {len(forms(message.string)) for message in plurals} == {welsh.num_plurals} == {5}


def test_no_welsh_message_is_its_english(welsh: Catalog) -> None:
    assert {str(m.id) for m in told(welsh) if set(forms(m.id)) & set(forms(m.string))} == SAME_IN_WELSH


@pytest.mark.parametrize("pattern", [PLACEHOLDER, r"</?\w+[^>]*>"], ids=["placeholders", "tags"])
def test_welsh_keeps_what_the_english_holds_besides_words(welsh: Catalog, pattern: str) -> None:
    for message in told(welsh):
        english = sorted(re.findall(pattern, forms(message.id)[-1]))
        assert [sorted(re.findall(pattern, text)) for text in forms(message.string)] == [english] * len(
            forms(message.string)
        ), message.id


def test_welsh_uses_curly_apostrophes_and_ends_sentences_as_the_english_does(welsh: Catalog) -> None:
    assert [message.id for message in told(welsh) if "'" in "".join(forms(message.string))] == []
    odd = {
        m.id
        for m in told(welsh)
        for text in forms(m.string)
        if forms(m.id)[0][-1:] in ".: " and text[-1] != forms(m.id)[0][-1]
    }
    assert odd == set()
