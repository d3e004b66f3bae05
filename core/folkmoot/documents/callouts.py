"""GOV.UK flavour of Markdown: `$CTA … $CTA`, `$C … $C`, `$A … $A`, `^information^`, `%warning%` and `s1.` steps.

Rules follow https://www.gov.uk/guidance/how-to-publish-on-gov-uk/markdown. Each is a block rule for markdown-it.
"""

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

# `$CTA` before `$C`: the longer marker must be tried first.
MARKERS = {"$CTA": "action", "$C": "contact", "$A": "address", "^": "information", "%": "warning"}
_STEP = re.compile(r"s(\d{1,3})\.\s+(\S.*)$")


def callouts(md: "MarkdownIt") -> None:
    """Teach a markdown-it parser the GOV.UK callouts and steps."""
    md.block.ruler.before("fence", "callout", _callout, {"alt": ["paragraph", "blockquote", "list", "reference"]})
    md.block.ruler.before("fence", "steps", _steps, {"alt": ["paragraph", "blockquote", "list", "reference"]})


def _callout(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    line = _line(state, start)
    marker = next((marker for marker in MARKERS if line.startswith(marker)), None)
    # A longer word than the marker (`$CTAX`, `$Americans`) is text.
    if marker is None or (marker[0] == "$" and line[len(marker) : len(marker) + 1].strip()):
        return False
    last = _closing_line(state, marker, start, end)
    if last is None or (marker in "^%" and len(line) > 1 and line[1] in "[%^ "):
        return False
    if not silent:
        _push(state, marker, start, last)
    return True


def _line(state: "StateBlock", number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def _closing_line(state: "StateBlock", marker: str, start: int, end: int) -> int | None:
    """Return the line that ends with the marker. Found by bisection in a list made once, so that a document of
    nothing but opening markers costs no more than its length."""
    line = _line(state, start)
    if line.endswith(marker) and len(line) > len(marker):
        return start
    index: dict[str, list[int]] = state.env.setdefault("callout_lines", {})
    if marker not in index:
        ends = (number for number in range(state.lineMax) if _line(state, number).endswith(marker))
        index[marker] = list(ends)
        index.setdefault("", [number for number in range(state.lineMax) if not _line(state, number)])
    found = _first_from(index[marker], start + 1)
    if found is None or found >= end:
        return None
    blank = _first_from(index[""], start + 1)
    # The one-character markers stay within a paragraph: a later "100%" must not swallow what is between.
    return None if marker in "^%" and blank is not None and blank < found else found


def _first_from(numbers: list[int], start: int) -> int | None:
    at = bisect_left(numbers, start)
    return numbers[at] if at < len(numbers) else None


def _push(state: "StateBlock", marker: str, start: int, last: int) -> None:
    kind = MARKERS[marker]
    opening = state.push(f"callout_{kind}_open", "address" if kind == "address" else "div", 1)
    opening.map = [start, last + 1]
    opening.meta = {"kind": kind}
    _cut_markers(state, marker, start, last)
    before = len(state.tokens)
    outer, state.parentType = state.parentType, "root"
    state.md.block.tokenize(state, start, last + 1)
    state.parentType = outer
    if kind in ("address", "warning"):
        for token in state.tokens[before:]:
            token.hidden = token.hidden or token.type in ("paragraph_open", "paragraph_close")
    state.push(f"callout_{kind}_close", opening.tag, -1)
    state.line = last + 1


def _cut_markers(state: "StateBlock", marker: str, start: int, last: int) -> None:
    state.eMarks[last] = state.bMarks[last] + state.tShift[last] + len(_line(state, last)) - len(marker)
    content = state.bMarks[start] + state.tShift[start] + len(marker)
    while content < state.eMarks[start] and state.src[content] in " \t":
        content += 1
    state.bMarks[start], state.tShift[start], state.sCount[start] = content, 0, state.blkIndent


def _steps(state: "StateBlock", start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not (first := _STEP.match(_line(state, start))):
        return False
    if silent:
        return True
    opening = state.push("ordered_list_open", "ol", 1)
    if first.group(1) != "1":
        opening.attrSet("start", str(int(first.group(1))))
    line = start
    while line < end and (step := _STEP.match(_line(state, line))):
        state.push("list_item_open", "li", 1)
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = step.group(2), [line, line + 1], []
        state.push("list_item_close", "li", -1)
        line += 1
    opening.map = [start, line]
    state.push("ordered_list_close", "ol", -1)
    state.line = line
    return True
