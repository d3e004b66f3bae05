"""A query as each database wants it: a text in the language of FTS5, or one that is a ``tsquery``.

Words hold letters and digits only, so nothing that somebody types can be taken for an operator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from folkmoot.store.search.queries import Query, Term


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for on one site.

    :param sources: only these; empty for all
    :param in_title: only where the title has it
    """

    site_id: UUID
    query: Query
    sources: tuple[str, ...] = ()
    in_title: bool = False


def fts5(wanted: Wanted) -> str:
    """Return the text for SQLite's ``MATCH``."""
    parts = [f'site_id : "{wanted.site_id.hex}"']
    if wanted.sources:
        parts.append("(" + " OR ".join(f"source : {_quoted(source)}" for source in wanted.sources) + ")")
    exact, open_ended = ("{title_terms}", "{title_terms title_words}")
    if not wanted.in_title:
        exact, open_ended = "{title_terms text_terms}", "{title_terms title_words text_terms text_words}"
    for number, term in enumerate(wanted.query.terms, 1):
        spelt = " OR ".join(_quoted(" ".join(words)) for words in _spellings(term))
        part = f"{exact} : ({spelt})"
        if wanted.query.beginning and number == len(wanted.query.terms):
            part = f"({part} OR {open_ended} : ({_quoted(term.words[0])} *))"
        parts.append(part)
    return " AND ".join(parts)


def tsquery(wanted: Wanted) -> str:
    """Return the text of PostgreSQL's ``tsquery``; a source stands in the index as a word with a colon.

    The site is not in it: the function that matches adds the transaction's own.
    """
    parts = []
    if wanted.sources:
        parts.append("(" + " | ".join(_lexeme(f"source:{source}") for source in wanted.sources) + ")")
    for number, term in enumerate(wanted.query.terms, 1):
        spelt = [" <-> ".join(_lexeme(word) for word in words) for words in _spellings(term)]
        if wanted.query.beginning and number == len(wanted.query.terms):
            spelt.append(f"{_lexeme(term.words[0])}:*")
        parts.append("(" + " | ".join(f"({each})" for each in spelt) + ")")
    return " & ".join(parts)


def _spellings(term: Term) -> Sequence[tuple[str, ...]]:
    """Return a term as English entries hold it, and as entries in other languages do."""
    return list(dict.fromkeys((term.stems, term.words)))


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _lexeme(text: str) -> str:
    doubled = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
