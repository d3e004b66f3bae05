"""The order of an answer: a function of the candidates alone, so that both databases answer alike.

It is BM25 over two fields (S. Robertson and H. Zaragoza, “The probabilistic relevance framework: BM25 and beyond”,
2009) without the weight of rare words: every candidate has all the words, so none tells more than another.
"""

from collections.abc import Collection, Sequence

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
    together = f" {' '.join(stem for term in query.terms for stem in term.stems)} "
    scores = []
    for each, (title, text) in zip(candidates, texts, strict=True):
        length = 1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(text) / usual
        score = sum(_score(forms, title, text, length) for forms in spelt)
        score *= OWN_LANGUAGE if each.locale == locale else 1.0
        scores.append(score * SIDE_BY_SIDE if len(spelt) > 1 and together in title else score)
    # Candidates come newest first, and sorting keeps that among equals.
    order = sorted(range(len(candidates)), key=lambda at: -scores[at])
    return _each_once([candidates[at] for at in order], locale)


def _spelt(term: Term) -> frozenset[str]:
    return frozenset(f" {' '.join(words)} " for words in (term.stems, term.words))


def _score(forms: Collection[str], title: str, text: str, length: float) -> float:
    """Return what one term adds; said again and again it adds less and less."""
    often = sum(TITLE_WEIGHT * title.count(form) + text.count(form) / length for form in forms)
    return often / (often + SATURATION)


def _each_once(candidates: Sequence[Candidate], locale: str) -> list[Candidate]:
    chosen: dict[tuple[str, str, str], Candidate] = {}
    for each in candidates:
        held = chosen.setdefault(each.thing, each)
        if held.locale != locale and each.locale == locale:
            chosen[each.thing] = each
    return list(chosen.values())
