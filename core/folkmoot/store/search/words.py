"""From a text to the words that search knows: folded, cut to size, and in English stemmed."""

import re
import unicodedata
from functools import cache

from folkmoot.store.search.stemming import stem

# Longer ones are no words, and indexes have limits.
LONGEST = 64
# What one entry can hold; a longer text is better given in parts, such as chapters.
MOST_CHARACTERS = 100_000
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)


def fold(word: str) -> str:
    """Return a word in lower case and without accents: “Dŵr” is “dwr”, as people without the key type it."""
    if word.isascii():
        return word.lower()
    # Twice, because taking letters apart uncovers capitals, and making those small joins some again.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))


def tidy(text: str) -> str:
    """Return a text as it is kept and shown: composed letters, no control characters, single spaces."""
    plain = unicodedata.normalize("NFC", text[:MOST_CHARACTERS])
    return " ".join("".join(max(c, " ") for c in plain).split())


def flat(text: str) -> str:
    """Return a text in lower case with its accents off, letter for letter: a place in it is one in the text."""
    lower = text.translate(_accents()).lower()
    # A few letters of other scripts have no single small one.
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@cache
def _accents() -> dict[int, str]:
    """Return Latin letters with accents to those without."""
    letters = map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    plain = {letter: unicodedata.normalize("NFKD", letter)[0] for letter in letters if letter.isalpha()}
    return {ord(letter): base for letter, base in plain.items() if base.isascii()}


def words_of(text: str) -> list[str]:
    """Return the folded words of any text, in order."""
    plain = _POSSESSIVE.sub("", tidy(text))
    if plain.isascii():
        return [word[:LONGEST] for word in _WORD.findall(plain.lower())]
    # Once more, because folding takes some apart: “½” is a one and a two.
    return [word[:LONGEST] for found in _WORD.findall(plain) for word in _WORD.findall(fold(found))]


def terms_of(words: list[str], locale: str) -> list[str]:
    """Return words as the index knows them: English ones stemmed, others as they are."""
    return [stem(word) for word in words] if locale.startswith("en") else words
