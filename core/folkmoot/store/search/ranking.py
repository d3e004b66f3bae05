"""The order of an answer: a function of the candidates alone, so that both databases answer alike.

It is BM25 over two fields (S. Robertson and H. Zaragoza, “The probabilistic relevance framework: BM25 and beyond”,
2009), with the candidates as the collection: a word that all of them have tells nothing.
"""

from collections.abc import Collection, Sequence
from math import log

from folkmoot.store.search.matching import Candidate
from folkmoot.store.search.queries import Query, Term

TITLE_WEIGHT = 6.0
SATURATION, LENGTH_WEIGHT = 1.2, 0.6
OWN_LANGUAGE = 1.5
SIDE_BY_SIDE = 1.3


def ranked(candidates: Sequence[Candidate], query: Query, locale: str) -> list[Candidate]:
    """Return candidates, the best first, each thing once: in the reader's language where it matches in that."""
    texts = [(f" {each.title_terms} ", f" {each.text_terms} ") for each in candidates]
    usual = max(1.0, sum(len(text) for _, text in texts) / max(1, len(texts)))
    spelt = [_spelt(term) for term in query.terms]
    counts = [[_counts(forms, *text) for forms in spelt] for text in texts]
    weights = [_weight(len(texts), sum(any(row[at]) for row in counts)) for at in range(len(query.terms))]
    scores = [
        _score(row, weights, len(text) / usual) * _boost(each, query, title, locale)
        for each, row, (title, text) in zip(candidates, counts, texts, strict=True)
    ]
    # Candidates come newest first, and sorting keeps that among equals.
    order = sorted(range(len(candidates)), key=lambda at: -scores[at])
    return _each_once([candidates[at] for at in order], locale)


def _spelt(term: Term) -> frozenset[str]:
    return frozenset(f" {' '.join(words)} " for words in (term.stems, term.words))


def _counts(forms: Collection[str], title: str, text: str) -> tuple[int, int]:
    """Return how often a term stands in the title and in the text."""
    return sum(title.count(each) for each in forms), sum(text.count(each) for each in forms)


def _weight(number: int, having: int) -> float:
    return log(1 + (number - having + 0.5) / (having + 0.5))


def _score(counts: Sequence[tuple[int, int]], weights: Sequence[float], length: float) -> float:
    total = 0.0
    for (in_title, in_text), weight in zip(counts, weights, strict=True):
        often = TITLE_WEIGHT * in_title + in_text / (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length)
        total += weight * often / (often + SATURATION)
        # Said again in the title, a word counts even where it tells the candidates apart no more.
        total += 0.1 * bool(in_title)
    return total


def _boost(candidate: Candidate, query: Query, title: str, locale: str) -> float:
    boost = OWN_LANGUAGE if candidate.locale == locale else 1.0
    together = " ".join(stem for term in query.terms for stem in term.stems)
    return boost * SIDE_BY_SIDE if len(query.terms) > 1 and f" {together} " in title else boost


def _each_once(candidates: Sequence[Candidate], locale: str) -> list[Candidate]:
    chosen: dict[tuple[str, str, str], Candidate] = {}
    for each in candidates:
        held = chosen.setdefault(each.thing, each)
        if held.locale != locale and each.locale == locale:
            chosen[each.thing] = each
    return list(chosen.values())
