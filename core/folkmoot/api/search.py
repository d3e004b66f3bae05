"""Search, for plugins: most need no more than ``register_search_sources`` and ``touch(..., at=now)``.

``highlight`` marks what somebody typed in a text, for a plugin that searches its own pages; ``read_query`` says what
words that is, folded and stemmed as the index has them.
"""

from folkmoot.store.search import highlight
from folkmoot.store.search.queries import Query, Term, read_query

__all__ = ["Query", "Term", "highlight", "read_query"]
