"""Our stems are Porter's: SQLite has an implementation of its own to hold ours against."""

import re
import sqlite3
from pathlib import Path

import pytest

from folkmoot.store.search.stemming import stem

ROOT = Path(__file__).resolve().parents[2]
# Nothing but an ending: SQLite leaves these as they are, or another letter of them.
SQLITE_DIFFERS = {"eed", "ies", "sses"}
LETTERS = "abcdefghiklmnoprstuvy"


def many_words() -> list[str]:
    """Return the words of this repository, and made-up ones with all endings that stemming knows."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")]
    texts += [path.read_text(encoding="utf-8") for path in ROOT.glob("core/folkmoot/**/*.py")]
    starts = [f"{a}{b}" for a in ("", "r", "tr", "con", "val", "y", "agr", "flo") for b in LETTERS]
    endings = (
        "ational izations izer iveness fulness ousness ousli biliti logi icate ative ement eed ing ying ed ies y ll"
    )
    made = {f"{start}{ending}" for start in starts for ending in endings.split()}
    found = {word for text in texts for word in re.findall(r"[a-z]{3,30}", text.lower())}
    return sorted(word for word in found | made if "yy" not in word)


def stems_of_sqlite(words: list[str]) -> dict[str, str]:
    connection = sqlite3.connect(":memory:")
    connection.execute("create virtual table words using fts5(word, tokenize='porter ascii')")
    connection.execute("create virtual table stems using fts5vocab(words, 'instance')")
    connection.executemany("insert into words (rowid, word) values (?, ?)", list(enumerate(words)))
    return {words[row]: term for term, row in connection.execute("select term, doc from stems")}


def test_every_word_has_the_stem_that_sqlite_gives_it() -> None:
    words = many_words()
    theirs = stems_of_sqlite(words)
    differing = {word for word in words if stem(word) != theirs[word]} - SQLITE_DIFFERS
    print(f"stems: {len(words)} words, {len(differing)} differ from SQLite's")
    assert len(words) > 5_000
    assert differing == set()


def test_the_comparison_would_see_a_fault() -> None:
    theirs = stems_of_sqlite(["caring"])
    assert theirs["caring"] != "caring"


@pytest.mark.parametrize("word", ["dŵr", "2026", "a11y", "ab", "", "ΑΒΓ", "x" * 65])
def test_what_is_no_english_word_keeps_its_letters(word: str) -> None:
    assert stem(word) == word
