"""Which headings are the title, chapters and sections."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .notices import Notices

if TYPE_CHECKING:
    from markdown_it.token import Token


@dataclass
class Part:
    """A chapter before it is numbered: its heading (None for text that stands before the first) and its blocks."""

    heading: "list[Token] | None"
    blocks: "list[list[Token]]" = field(default_factory=list)


@dataclass
class Outline:
    """The whole document before it is numbered."""

    title: "list[Token] | None"
    parts: list[Part]


def heading_level(block: "list[Token]") -> int:
    """Return 1 to 6 for a heading, 0 for any other block."""
    return int(block[0].tag[1]) if block[0].type == "heading_open" else 0


def line_of(block: "list[Token]") -> int:
    """Return the line, from 1, at which a block begins."""
    return block[0].map[0] + 1 if block[0].map else 1


def divide(found: "list[list[Token]]", notices: Notices, _: Callable[[str], str]) -> Outline:
    """Return the title and the chapters; adds a warning for each heading that is empty or skips a level."""
    found = _without_empty_headings(found, notices, _)
    _warn_of_skipped_levels(found, notices, _)
    top = [block for block in found if heading_level(block) == 1]
    title = top[0] if top else None
    several = len(top) > 1
    level = 1 if several else 2
    parts = [Part(None)]
    for block in found:
        if heading_level(block) == level:
            parts.append(Part(block))
        elif block is not title:
            parts[-1].blocks.append(block)
    if several and not parts[1].blocks:
        # A title with nothing of its own below it is no chapter as well.
        del parts[1]
    if not parts[0].blocks and len(parts) > 1:
        del parts[0]
    return Outline(title, parts)


def _without_empty_headings(
    found: "list[list[Token]]", notices: Notices, _: Callable[[str], str]
) -> "list[list[Token]]":
    kept = []
    for block in found:
        if heading_level(block) and not block[1].content.strip():
            notices.add(line_of(block), _("A heading without words was left out."))
        else:
            kept.append(block)
    return kept


def _warn_of_skipped_levels(found: "list[list[Token]]", notices: Notices, _: Callable[[str], str]) -> None:
    before = 1
    for block in found:
        level = heading_level(block)
        if level > before + 1:
            sentence = _("The heading skips from level {before} to level {level}.").format(before=before, level=level)
            notices.add(line_of(block), sentence)
        before = level or before
