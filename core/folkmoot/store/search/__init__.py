"""Search: one interface over the full text of SQLite and of PostgreSQL, each site for itself."""

from folkmoot.store.search.indexing import (
    INDEX_JOB,
    ask_for_index,
    digest_of,
    forget_others,
    indexed_versions,
    key_of,
    keyed,
    mark_indexed,
    reindex,
)
from folkmoot.store.search.matching import Candidate, next_change
from folkmoot.store.search.models import SearchRow, SearchState
from folkmoot.store.search.service import PAGE, Hit, Results, Scope, search, suggest

__all__ = [
    "INDEX_JOB",
    "PAGE",
    "Candidate",
    "Hit",
    "Results",
    "Scope",
    "SearchRow",
    "SearchState",
    "ask_for_index",
    "digest_of",
    "forget_others",
    "indexed_versions",
    "key_of",
    "keyed",
    "mark_indexed",
    "next_change",
    "reindex",
    "search",
    "suggest",
]
