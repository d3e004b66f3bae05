"""The Markdown that we read: CommonMark with tables, footnotes and the GOV.UK callouts, bounded in depth."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

# A list item is two levels; this holds nine lists inside one another, more than any reader can follow.
NESTING_LIMIT = 20
# A block of raw HTML longer than this is read as its words: HTML parsers take quadratic time on deep tag soup.
RAW_HTML_LIMIT = 100_000

_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,64})\]")


@cache
def parser() -> "MarkdownIt":
    """Return the parser; made once, and holds no state of any document."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    from .callouts import callouts

    md = MarkdownIt("commonmark", {"maxNesting": NESTING_LIMIT}).enable("table")
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.at("footnote_ref", _footnote_reference)
    md.use(callouts)
    # Addresses that may not be linked are taken out after rendering, with a warning, rather than shown as brackets.
    md.validateLink = _any_address  # type: ignore[method-assign]
    return md


def _any_address(url: str) -> bool:
    return isinstance(url, str)


def _footnote_reference(state: "StateInline", silent: bool) -> bool:
    """Read `[^label]`. Ours, because the plugin's rule scans to the end of the block for every unclosed `[^`."""
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    known = state.env.get("footnotes", {}).get("refs", {})
    if match is None or f":{match.group(1)}" not in known:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": match.group(1)}
    state.pos = match.end()
    return True


def blocks(tokens: "list[Token]") -> "list[list[Token]]":
    """Return the tokens of each outermost block."""
    result: list[list[Token]] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            result.append([])
        result[-1].append(token)
        depth += token.nesting
    return result
