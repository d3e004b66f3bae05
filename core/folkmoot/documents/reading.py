"""Walk through an outline: number its chapters, collect their footnotes, read each."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from .chapter import ChapterReader, Pages
from .footnotes import ChapterNotes
from .nodes import DocumentTooLarge, EmptyDocument
from .notices import Notices
from .numbering import take_chapter_number, take_paragraph_number
from .outline import Outline, Part, line_of
from .rendering import inline, words
from .sanitise import clean, nonce

if TYPE_CHECKING:
    from markdown_it.token import Token

BLOCK_LIMIT = 50_000


class Reader:
    """Reads one document; `pages.nodes` holds it afterwards."""

    def __init__(self, notices: Notices, notes: "list[tuple[str, int, list[Token]]]", _: Callable[[str], str]) -> None:
        self.pages = Pages(notices, _)
        self._ = _
        self._definitions: dict[str, list[Token]] = {}
        self._lines: dict[str, int] = {}
        for label, line, tokens in notes:
            self._define(label, line, tokens)

    def read(self, outline: Outline) -> str | None:
        """Number and render everything; return the title."""
        _ = self._
        if sum(len(part.blocks) + 1 for part in outline.parts) > BLOCK_LIMIT:
            raise DocumentTooLarge(_("The document has more than 50,000 blocks. Split it into smaller documents."))
        title = words(outline.title[1]) if outline.title else None
        unused = self._never_referred_to(outline)
        number = 0
        for index, part in enumerate(outline.parts):
            end = line_of(outline.parts[index + 1].heading or []) if index + 1 < len(outline.parts) else None
            here = [label for label in unused if end is None or self._lines[label] < end]
            unused = unused[len(here) :]
            number = self._chapter(part, self._number(part, number, outline), title or "", self._notes(index), here)
        if all(node.type == "chapter" and node.heading in ("", title) for node in self.pages.nodes):
            raise EmptyDocument(
                _("The document has no text below its title.") if title else _("The document is empty.")
            )
        return title

    def _number(self, part: Part, last: int, outline: Outline) -> int:
        """Return a chapter's number; text that stands before the first of several has 0."""
        if part.heading is None:
            return 0 if len(outline.parts) > 1 else 1
        typed = take_chapter_number(part.heading[1], last + 1)
        if typed is not None and typed != last + 1 and last:
            sentence = self._("The chapter number {number} does not follow {before}.").format(number=typed, before=last)
            self.pages.notices.add(line_of(part.heading), sentence)
        return last + 1 if typed is None else typed

    def _chapter(self, part: Part, number: int, title: str, notes: ChapterNotes, unused: list[str]) -> int:
        heading = words(part.heading[1]) if part.heading else title
        html = clean(inline(part.heading[1], notes)) if part.heading else escape(title)
        slug = self.pages.identities.slug("chapter", heading)
        node = self.pages.add("chapter", html, heading, number=str(number), heading=heading, slug=slug)
        typed = [take_paragraph_number(block) for block in part.blocks]
        ChapterReader(self.pages, node, number, notes, self._).read(part.blocks, typed, unused)
        return number

    def _notes(self, ordinal: int) -> ChapterNotes:
        return ChapterNotes(ordinal, self._definitions, nonce(), self._)

    def _define(self, label: str, line: int, tokens: "list[Token]") -> None:
        key = label
        if label in self._definitions:
            # Labels hold no space, so this key is free; the text is kept as a note that nothing refers to.
            key = f"{label} {len(self._definitions)}"
            self.pages.notices.add(
                line + 1, self._("The footnote {label} is defined more than once.").format(label=label)
            )
        self._definitions[key], self._lines[key] = tokens, line

    def _never_referred_to(self, outline: Outline) -> list[str]:
        reached: set[str] = set()
        blocks = [block for part in outline.parts for block in [part.heading or [], *part.blocks]]
        waiting = _labels([token for block in blocks for token in block])
        while waiting:
            if (label := waiting.pop()) not in reached:
                reached.add(label)
                waiting += _labels(self._definitions[label])
        unused = sorted(
            (label for label in self._definitions if label not in reached), key=lambda label: self._lines[label]
        )
        for label in unused:
            sentence = self._("Nothing refers to the footnote {label}.").format(label=label.split(" ")[0])
            self.pages.notices.add(self._lines[label] + 1, sentence)
        return unused


def _labels(tokens: "list[Token]") -> list[str]:
    children = (child for token in tokens for child in token.children or [])
    return [child.meta["label"] for child in children if child.type == "footnote_ref"]
