"""Anything can be typed: what search makes of it is never a fault, and never HTML of somebody's."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelves import Ask, Fill, book, titles

from folkmoot.kernel.ids import new_id
from folkmoot.store.search.expressions import Wanted, fts5, tsquery
from folkmoot.store.search.highlighting import Highlighter
from folkmoot.store.search.queries import MOST_TERMS, read_query
from folkmoot.store.search.words import flat, tidy, words_of

HOSTILE = [
    *("", " ", "AND", "OR", "NOT", "NEAR", "NEAR(care home)", "care AND", "care NOT home", "*", "care*", "ca*re", "**"),
    *('"', '""', '"care', 'care"', '" "', '"""care"', "'", "''", "';drop table core_site;--", "\\", "\\'", "care\\"),
    *(":", "title:care", "site_id:x", "{title_terms}:care", "(", ")", "((care)", "^care", "-care", "+care", "care~2"),
    *("&", "|", "!", "!care", "care & | home", "<->", "care <-> home", ":*", "care:*", "care:A", "%", "_", "?"),
    *("🙂", "care 🙂", "\x00", "care\x00home", "\x1b[31m", "\u202ecare", "\ufeff", "½", "ﬁre", "İ", "ß", "Ω", "日本語"),
    *("a" * 200, "a" * 5_000, "care " * 300, "x" * 65, "1 2 3", "2026-27", "3.14", "1e400", "-1", "c++", "a.b.c"),
    *("http://example.org/a?b=c", "sam@example.org", "the", "the and of", "y", "e\u0301" * 100, "<script>", "&lt;"),
]
# Everything that text can hold, save the halves of letters that no encoding takes.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=300)
OPERATORS = st.text(f"{string.punctuation}{string.whitespace}ANDORNTE careé0", max_size=60)


async def test_nothing_that_is_typed_is_a_fault(fill: Fill, ask: Ask) -> None:
    await fill(book("Care", " ".join(HOSTILE)))
    for typed in HOSTILE:
        await ask(typed)
    assert titles(await ask("care")) == ["Care"]


async def test_nothing_that_is_made_up_is_a_fault(fill: Fill, ask: Ask) -> None:
    """What both databases are given, put together of hostile pieces; the same each time."""
    await fill(book("Care"))
    chance = random.Random(4)
    for _ in range(150):
        await ask(
            "".join(chance.choice([*HOSTILE[:-12], " ", '"', "'", "care"])[:40] for _ in range(chance.randint(1, 6)))
        )


@given(TEXTS | OPERATORS)
def test_a_query_holds_letters_and_digits_only_and_not_too_many(typed: str) -> None:
    query = read_query(typed).unfinished()
    assert len(query.terms) <= MOST_TERMS
    for term in query.terms:
        assert 1 <= len(term.words) == len(term.stems) <= MOST_TERMS
        assert all(word.isalnum() and len(word) <= 64 for word in term.words)
    if query.terms:
        wanted = Wanted(new_id(), query, ("books",))
        assert fts5(wanted).count('"') % 2 == 0
        assert tsquery(wanted).count("'") % 2 == 0


@given(TEXTS, TEXTS)
def test_what_is_highlighted_is_the_text_escaped(text: str, typed: str) -> None:
    highlighter = Highlighter.of(read_query(typed).unfinished())
    for shown in (highlighter.mark(tidy(text)), highlighter.excerpt(tidy(text))[0]):
        bare = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare
    assert highlighter.mark(tidy(text)).striptags() or not tidy(text).strip(" <>") or "<" in text


@given(TEXTS)
def test_a_letter_for_a_letter(text: str) -> None:
    assert len(flat(text)) == len(text)


@given(TEXTS)
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    words = words_of(text)
    assert all(word == again for word in words for again in words_of(word) if len(words_of(word)) == 1)


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("care", "Caring & <b>care</b>", "<mark>Caring</mark> &amp; &lt;b&gt;<mark>care</mark>&lt;/b&gt;"),
        ("dwr", "Y dŵr, DŴR", "Y <mark>dŵr</mark>, <mark>DŴR</mark>"),
        ("council", "the council’s plan", "the <mark>council</mark>’s plan"),
        ("mark", "<mark>", "&lt;<mark>mark</mark>&gt;"),
        ("lt", "a < b", "a &lt; b"),
        ("happy", "happier happily happiness", "happier happily <mark>happiness</mark>"),
        ('"on care"', "care on", "<mark>care</mark> <mark>on</mark>"),
    ],
)
def test_words_are_marked_where_they_stand(typed: str, text: str, shown: str) -> None:
    assert Highlighter.of(read_query(typed)).mark(text) == shown


def test_an_unfinished_word_marks_all_that_begin_with_it() -> None:
    assert Highlighter.of(read_query("consu").unfinished()).mark("Consumers consult") == (
        "<mark>Consumers</mark> <mark>consult</mark>"
    )


def test_an_excerpt_of_a_long_text_is_where_most_of_the_query_is() -> None:
    long = "nothing here " * 200 + "care alone " + "nothing here " * 50 + "a home with care for all " + "or there " * 90
    excerpt, found = Highlighter.of(read_query("care home")).excerpt(long.strip())
    assert found == 2
    assert excerpt.startswith("… ")
    assert excerpt.endswith(" …")
    assert "a <mark>home</mark> with <mark>care</mark> for all" in excerpt
    assert len(excerpt.striptags()) < 300
