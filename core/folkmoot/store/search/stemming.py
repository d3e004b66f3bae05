"""English stemming by Porter's algorithm: to the search, “care”, “caring” and “cared” are one word.

It is done here and not by the databases, because each of those stems in its own way. So both find the same, Welsh is
not cut as if it were English, and what is highlighted is what was found. M. F. Porter, “An algorithm for suffix
stripping”, Program 14 (1980), with the two departures of his own published version.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_STEMMED = re.compile(r"[a-z]{3,64}\Z")
_CONSONANTS, _VOWELS = "[^aeiou][^aeiouy]*", "[aeiouy][aeiou]*"
_ONE = re.compile(f"(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}")
_JUST_ONE = re.compile(f"(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}(?:{_VOWELS})?\\Z")
_TWO = re.compile(f"(?:{_CONSONANTS})?{_VOWELS}{_CONSONANTS}{_VOWELS}{_CONSONANTS}")
_VOWEL = re.compile(f"(?:{_CONSONANTS})?[aeiouy]")
_DOUBLED = re.compile(r"([^aeiouylsz])\1\Z")
_SHORT = re.compile(f"{_CONSONANTS}[aeiouy][^aeiouwxy]\\Z")

_SECOND = {
    **{"ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al"},
    **{"entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al"},
    **{"iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble"},
    "logi": "log",
}
_THIRD = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_FOURTH = {
    **dict.fromkeys(("al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou"), ""),
    **dict.fromkeys(("ism", "ate", "iti", "ous", "ive", "ize"), ""),
    **{"sion": "s", "tion": "t"},
}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a word in lower case; what is no English word of three letters or more stays as it is."""
    if not _STEMMED.match(word):
        return word
    # A leading y is a consonant, and as a capital it is none of the vowels.
    cut = f"Y{word[1:]}" if word[0] == "y" else word
    cut = _final_y(_past(_plural(cut)))
    cut = _replaced(cut, _SECOND, _ONE)
    cut = _replaced(cut, _THIRD, _ONE)
    cut = _replaced(cut, _FOURTH, _TWO)
    return _final_e(cut).lower()


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _ONE.match(word[:-3]) else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            before = word.removesuffix(ending)
            return _mended(before) if _VOWEL.match(before) else word
    return word


def _mended(word: str) -> str:
    """Put back the letter that the ending took the place of, or take away the one that it doubled."""
    if word.endswith(("at", "bl", "iz")) or _SHORT.match(word):
        return f"{word}e"
    return word[:-1] if _DOUBLED.search(word) else word


def _final_y(word: str) -> str:
    return f"{word[:-1]}i" if word.endswith("y") and _VOWEL.match(word[:-1]) else word


def _replaced(word: str, endings: Mapping[str, str], enough: re.Pattern[str]) -> str:
    """Replace the longest of the endings that the word has, if enough is left before it."""
    ending = _longest(word, endings)
    if not ending:
        return word
    kept = word.removesuffix(ending)
    measured = kept + endings[ending] if endings is _FOURTH else kept
    return kept + endings[ending] if enough.match(measured) else word


def _longest(word: str, endings: Iterable[str]) -> str:
    return max((ending for ending in endings if word.endswith(ending)), key=len, default="")


def _final_e(word: str) -> str:
    before = word[:-1]
    if word.endswith("e") and (_TWO.match(before) or (_JUST_ONE.match(before) and not _SHORT.match(before))):
        word = before
    return word[:-1] if word.endswith("ll") and _TWO.match(word) else word
