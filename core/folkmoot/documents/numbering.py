"""Numbers of chapters and paragraphs: those the author typed are kept, the rest follow on."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

# "1.12 Text" is a number, "1.7 billion" and "1.5%" are quantities: what follows a number begins like a sentence.
_TYPED = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,3})\.?[ \t\u00a0]+(?=[^\W\d_a-z]|[“‘\"'(\[])")
_TYPED_CHAPTER = re.compile(r"(?:(\d{1,3})([.):])|(0\d{1,2}|\d{1,3}))[ \t\u00a0]+(?=\S)")


def take_paragraph_number(block: "list[Token]") -> str:
    """Take the number an author typed off the start of a paragraph, and return it; "" when there is none."""
    if block[0].type != "paragraph_open" or not block[1].children or block[1].children[0].type != "text":
        return ""
    first, *others = block[1].children
    # What follows the number may be emphasis or a link: a letter stands for it while the number is looked for.
    stand_in = "A" if others else ""
    match = _TYPED.match(first.content + stand_in)
    if not match:
        return ""
    first.content = (first.content + stand_in)[match.end() :].removesuffix(stand_in)
    return match.group(1)


def take_chapter_number(heading: "Token", expected: int) -> int | None:
    """Take the number an author typed off a chapter's heading, and return it.

    "3. Costs" and "03 Costs" are numbers; "14 actions" is one only where chapter 14 is due.
    """
    first = heading.children[0] if heading.children else None
    match = _TYPED_CHAPTER.match(first.content) if first and first.type == "text" else None
    if not first or not match:
        return None
    bare = match.group(3)
    if bare and not bare.startswith("0") and int(bare) != expected:
        return None
    first.content = first.content[match.end() :]
    return int(match.group(1) or bare)


@dataclass
class ParagraphNumbers:
    """The numbers of one chapter. `typed` are all that the author typed in it, so that none is given out twice."""

    chapter: int
    _: Callable[[str], str]
    typed: frozenset[str] = frozenset()
    last: tuple[int, ...] = ()
    used: set[str] = field(default_factory=set)

    def following(self) -> str:
        """Return the next number, or "" where the author typed that one further on: then the block has none."""
        second = self.last[1] + 1 if len(self.last) > 1 else 1
        number = f"{self.chapter}.{second}"
        if number in self.typed or number in self.used:
            return ""
        self.used.add(number)
        self.last = (self.chapter, second)
        return number

    def accept(self, number: str) -> str | None:
        """Keep a typed number; return a sentence when it repeats, leaves a gap or belongs to another chapter."""
        parts = tuple(int(part) for part in number.split("."))
        last, self.last = self.last or (self.chapter, 0), parts
        if number in self.used:
            return self._("The paragraph number {number} is used more than once.").format(number=number)
        self.used.add(number)
        if parts[0] != self.chapter:
            sentence = self._("The paragraph number {number} does not belong to chapter {chapter}.")
            return sentence.format(number=number, chapter=self.chapter)
        if not _follows(parts, last):
            before = ".".join(map(str, last))
            return self._("The paragraph number {number} does not follow {before}.").format(
                number=number, before=before
            )
        return None


def _follows(parts: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Say whether a number may come next: one more at any depth, or the first one level down."""
    if len(parts) > len(last):
        return parts[:-1] == last and parts[-1] == 1
    return parts[:-1] == last[: len(parts) - 1] and parts[-1] == last[len(parts) - 1] + 1
