"""What was found, shown in its place: words in ``<mark>``, everything else escaped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from markupsafe import Markup, escape

from folkmoot.store.search.queries import Query
from folkmoot.store.search.stemming import stem
from folkmoot.store.search.words import flat

EXCERPT = 220
BEFORE = 60
MOST_SPOTS = 200


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Finds the words of a query in texts, also in long ones: it looks only at words that begin like one of them."""

    words: frozenset[str]
    stems: frozenset[str]
    beginning: str
    alike: re.Pattern[str] | None

    @classmethod
    def of(cls, query: Query) -> "Highlighter":
        """Return the highlighter of a query."""
        words = frozenset(word for term in query.terms for word in term.words)
        stems = frozenset(each for term in query.terms for each in term.stems)
        return cls(words, stems, query.terms[-1].words[0] if query.beginning else "", _alike(words, stems))

    def mark(self, text: str) -> Markup:
        """Return a text with the words of the query marked."""
        pieces, end = [], 0
        for start, stop in self._found(text):
            pieces += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
            end = stop
        return Markup("").join([*pieces, escape(text[end:])])

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self.alike.finditer(flat(text)) if self.alike else ():
            word = match.group()
            begins = bool(self.beginning) and word.startswith(self.beginning)
            if begins or word in self.words or stem(word) in self.stems:
                yield match.span()

    def excerpt(self, text: str) -> tuple[Markup, int]:
        """Return the part of a text with most of the query, or its beginning, and how many different words it has."""
        spots = [(start, stem(flat(text[start:stop]))) for start, stop in islice(self._found(text), MOST_SPOTS)]
        found, before = max(((len(_near(spots, start)), -start) for start, _ in spots), default=(0, 0))
        start = 0 if -before < 2 * BEFORE else _next_word(text, -before - BEFORE)
        stop = len(text) if len(text) - start <= EXCERPT + BEFORE else _last_word(text, start + EXCERPT)
        shown = self.mark(text[start:stop])
        return Markup("{}{}{}").format("… " if start else "", shown, " …" if stop < len(text) else ""), found


def _near(spots: list[tuple[int, str]], start: int) -> set[str]:
    """Return the different words that stand in an excerpt from here."""
    return {word for at, word in spots if start <= at < start + EXCERPT - 2 * BEFORE}


def _next_word(text: str, at: int) -> int:
    space = text.find(" ", at)
    return space + 1 if 0 <= space < at + BEFORE else at


def _last_word(text: str, at: int) -> int:
    space = text.rfind(" ", at - BEFORE, at)
    return space if space > 0 else at


@cache
def _beginning_of(stemmed: str) -> str:
    # Stemming changes no letter before the last one that it leaves.
    return stemmed[:-1] if len(stemmed) > 2 else stemmed


def _alike(words: frozenset[str], stems: frozenset[str]) -> re.Pattern[str] | None:
    starts = sorted({*words, *(_beginning_of(each) for each in stems)})
    if not starts:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, starts))})[^\W_]*")
