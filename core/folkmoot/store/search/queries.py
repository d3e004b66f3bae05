"""What somebody typed, read into terms; anything at all can be typed, and nothing of it is a fault."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from folkmoot.store.search.stemming import stem
from folkmoot.store.search.words import words_of

LONGEST_QUERY = 200
MOST_TERMS = 12
SHORTEST_BEGINNING = 2
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]")
# Words that nearly every text has. They are passed over beside others, so that a question finds its answer.
_ENGLISH = (
    "a about an and are as at be by can do does for from how i in is it its me my of on or our that the their there "
    "this to was we what when where which who will with you your"
)
_WELSH = "a ac ar am at ble beth ddim ei eich ein er fy gan gyda i mae mewn neu o oes pa pan pwy sut sydd y yn yr"
PASSED_OVER = frozenset(f"{_ENGLISH} {_WELSH}".split())


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or what stands in quotes: as it was typed and as its stems, each folded, in order.

    :param quoted: whether its words are to be found side by side, and the last one whole
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All terms must be found.

    :param beginning: whether the last term, a word, may be one that has not been typed to its end
    """

    terms: tuple[Term, ...]
    beginning: bool = False

    def unfinished(self) -> "Query":
        """Return the query whose last word may go on, if that can be said of it."""
        last = self.terms[-1] if self.terms else None
        begins = last is not None and not last.quoted and len(last.words[0]) >= SHORTEST_BEGINNING
        return Query(self.terms, beginning=begins)


def read_query(text: str, *, every_word: bool = False) -> Query:
    """Return what a text asks for; one without any word asks for nothing.

    :param every_word: also those that are passed over elsewhere
    """
    terms = list(dict.fromkeys(_terms(text[:LONGEST_QUERY])))
    telling = [term for term in terms if every_word or term.quoted or term.words[0] not in PASSED_OVER]
    return Query(tuple((telling or terms)[:MOST_TERMS]))


def _terms(text: str) -> Iterator[Term]:
    end = 0
    for match in _QUOTED.finditer(text):
        yield from _words(text[end : match.start()])
        if phrase := words_of(match.group(1))[:MOST_TERMS]:
            yield _term(phrase, quoted=True)
        end = match.end()
    yield from _words(text[end:])


def _words(text: str) -> Iterator[Term]:
    for word in words_of(text):
        yield _term([word])


def _term(words: list[str], *, quoted: bool = False) -> Term:
    return Term(tuple(words), tuple(stem(word) for word in words), quoted)
