"""One chapter: its blocks numbered and made into nodes."""

import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from .footnotes import ChapterNotes
from .identity import Identities
from .nodes import DocumentTooLarge, Node, NodeType
from .notices import Notices
from .numbering import ParagraphNumbers
from .outline import heading_level, line_of
from .rendering import inline, render, words
from .sanitise import CLASSES, clean, complaints, nonce, plain

if TYPE_CHECKING:
    from markdown_it.token import Token

HTML_LIMIT = 25_000_000

_NUMBERED = frozenset({"paragraph", "list", "table", "quote"})
_TYPES: dict[str, NodeType] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "table_open": "table",
    "blockquote_open": "quote",
    "fence": "code",
    "code_block": "code",
}
_CAPTION = re.compile(r"(?:Table|Figure|Tabl|Ffigur)\s{1,9}\d{1,3}(?:\.\d{1,3})?\s{0,9}[:.–-]\s")
_UNKNOWN_NOTE = re.compile(r"\[\^([^\]\s]{1,64})\]")
_NO_ALT = re.compile(r'<img(?![^<>]{0,4000}\salt="[^"])')
_TABLE_START = re.compile(r"<table[^<>]{0,500}>")


class Pages:
    """The nodes of the document so far, with what must be unique or bounded in the whole of it."""

    def __init__(self, notices: Notices, _: Callable[[str], str]) -> None:
        self.nodes: list[Node] = []
        self.identities = Identities()
        self.notices = notices
        self._ = _
        self._size = 0

    def add(
        self,
        kind: NodeType,
        html: str,
        text: str,
        *,
        parent: str | None = None,
        number: str = "",
        heading: str = "",
        slug: str = "",
    ) -> Node:
        """Append a node with the next position and a uid of its own."""
        self._size += len(html)
        if self._size > HTML_LIMIT:
            raise DocumentTooLarge(self._("The document unfolds to more than 25 MB. Split it into smaller documents."))
        uid = self.identities.uid(f"{kind}\n{heading}\n{text or html}")
        node = Node(uid, parent, len(self.nodes), kind, number, heading, slug, html, text)
        self.nodes.append(node)
        return node


class ChapterReader:
    """Reads the blocks of one chapter into the pages."""

    def __init__(self, pages: Pages, chapter: Node, number: int, notes: ChapterNotes, _: Callable[[str], str]) -> None:
        self._pages = pages
        self._chapter = chapter
        self._numbers = ParagraphNumbers(number, _)
        self._notes = notes
        self._ = _
        self._open: list[tuple[int, Node]] = []

    def read(self, blocks: "list[list[Token]]", typed: list[str], unused: list[str]) -> None:
        """Add a node per block, then one with the footnotes. `typed` are the numbers taken off the blocks, or ""."""
        self._numbers.typed = frozenset(filter(None, typed))
        caption: list[Token] | None = None
        for index, (block, number) in enumerate(zip(blocks, typed, strict=True), start=1):
            following = blocks[index] if index < len(blocks) else None
            if level := heading_level(block):
                self._section(block, level)
            elif following is not None and _is_caption(block, following):
                caption = block
            elif block[0].type != "hr":
                self._block(block, number, caption)
                caption = None
        self._footnotes(unused)

    def _parent(self) -> Node:
        return self._open[-1][1] if self._open else self._chapter

    def _section(self, block: "list[Token]", level: int) -> None:
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        heading, content = words(block[1]), self._clean(inline(block[1], self._notes), block)
        slug = self._pages.identities.slug("section", heading)
        depth = min(len(self._open), 2)
        tag, size = f"h{depth + 2}", ("m", "s", "s")[depth]
        html = f'<{tag} class="govuk-heading-{size}" id="section-{slug}">{content}</{tag}>'
        node = self._pages.add("section", html, heading, parent=self._parent().uid, heading=heading, slug=slug)
        self._open.append((level, node))

    def _block(self, block: "list[Token]", typed: str, caption: "list[Token] | None") -> None:
        kind, html = _kind(block), render(block, self._notes, self._)
        heading = ""
        if caption:
            heading, html = words(caption[1]), _with_caption(html, inline(caption[1], self._notes))
        cleaned = self._clean(html, block)
        text = plain(cleaned)
        if not text and "<img" not in cleaned:
            return
        if kind == "paragraph" and "<img" in cleaned and (not text or text == heading):
            kind, text = "image", _alternatives(block)
        if kind == "table":
            cleaned = self._described(cleaned, block)
        number = self._number(typed, kind, block)
        self._pages.add(kind, cleaned, text, parent=self._parent().uid, number=number, heading=heading)

    def _number(self, typed: str, kind: str, block: "list[Token]") -> str:
        if not typed:
            return self._numbers.following() if kind in _NUMBERED else ""
        if sentence := self._numbers.accept(typed):
            self._pages.notices.add(line_of(block), sentence)
        return typed

    def _described(self, html: str, block: "list[Token]") -> str:
        """Return a table that has a caption, for screen readers alone where the author gave none."""
        if "<th" not in html:
            self._pages.notices.add(line_of(block), self._("The table has no header row."))
        name = self._parent().heading
        if "<caption" in html or not name:
            return html
        caption = f'<caption class="govuk-visually-hidden">{escape(name)}</caption>'
        return _TABLE_START.sub(lambda start: start.group(0) + caption, html, count=1)

    def _clean(self, html: str, block: "list[Token]") -> str:
        raw = "".join(token.content for token in block if token.type == "html_block")
        for sentence in complaints(html + raw, self._):
            self._pages.notices.add(line_of(block), sentence)
        cleaned = clean(html)
        if _NO_ALT.search(cleaned):
            self._pages.notices.add(line_of(block), self._("An image has no text alternative."))
        for label in dict.fromkeys(
            _UNKNOWN_NOTE.findall(cleaned) if block[0].type not in ("fence", "code_block") else ()
        ):
            self._pages.notices.add(line_of(block), self._("The footnote {label} is not defined.").format(label=label))
        return cleaned

    def _footnotes(self, unused: list[str]) -> None:
        html = self._notes.html(lambda tokens: render(tokens, self._notes, self._), unused)
        if not html:
            return
        heading = self._("Footnotes")
        cleaned = clean(html)
        top = f'<h2 class="govuk-heading-s">{escape(heading)}</h2>'
        self._pages.add("list", top + cleaned, plain(cleaned), parent=self._chapter.uid, heading=heading)


def _kind(block: "list[Token]") -> NodeType:
    first = block[0]
    if first.type.startswith("callout_"):
        return "callout"
    if first.type == "html_block" and "<table" in first.content.lower():
        return "table"
    return _TYPES.get(first.type, "paragraph")


def _is_caption(block: "list[Token]", following: "list[Token]") -> bool:
    if block[0].type != "paragraph_open" or _kind(following) != "table" or "<caption" in following[0].content.lower():
        return False
    return bool(_CAPTION.match(block[1].content))


def _with_caption(html: str, content: str) -> str:
    mark = nonce()
    names = f"{mark}{CLASSES['caption']} {mark}{CLASSES['caption']}--m"
    return _TABLE_START.sub(
        lambda start: f'{start.group(0)}<caption class="{names}">{content}</caption>', html, count=1
    )


def _alternatives(block: "list[Token]") -> str:
    images = [child for token in block for child in token.children or [] if child.type == "image"]
    return " ".join(image.content for image in images)
