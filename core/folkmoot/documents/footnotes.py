"""Footnotes, numbered from 1 in each chapter, with links back and ids that are unique in the whole document."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token


def split_footnotes(tokens: "list[Token]") -> "tuple[list[Token], list[tuple[str, int, list[Token]]]]":
    """Return the tokens without footnote definitions, and the definitions as (label, line, tokens).

    A definition inside a list, a quote or another definition is taken out too.
    """
    body: list[Token] = []
    found: list[tuple[str, int, list[Token]]] = []
    open_definitions: list[tuple[str, int, list[Token]]] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            line = token.map[0] if token.map else 0
            open_definitions.append((token.meta["label"], line, []))
        elif token.type == "footnote_reference_close":
            found.append(open_definitions.pop())
        else:
            (open_definitions[-1][2] if open_definitions else body).append(token)
    return body, found


@dataclass
class ChapterNotes:
    """The footnotes that one chapter refers to, numbered in the order in which it does."""

    chapter: int
    definitions: "dict[str, list[Token]]"
    nonce: str
    _: Callable[[str], str]
    labels: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def reference(self, label: str) -> str:
        """Return the raised number that links to the note, and remember to link back from there."""
        if label not in self.numbers:
            self.labels.append(label)
            self.numbers[label] = len(self.labels)
        count = self.counts[label] = self.counts.get(label, 0) + 1
        number = self.numbers[label]
        attributes = f'class="{self.nonce}govuk-link" href="#{self.nonce}fn-{self.chapter}-{number}"'
        return f'<sup><a {attributes} id="{self.nonce}{self._place(number, count)}">[{number}]</a></sup>'

    def html(self, render: "Callable[[list[Token]], str]", unused: list[str]) -> str:
        """Return the list of notes, "" for none. `unused` are notes nobody refers to, kept so that no text is lost."""
        rendered: list[str] = []
        extra: list[str] = []
        self._walk(rendered, render)
        for label in unused:
            if label not in self.numbers:
                extra.append(f"<li>{render(self.definitions[label])}</li>")
                self._walk(rendered, render)
        items = [self._item(number, html) for number, html in enumerate(rendered, start=1)]
        items += extra
        return (
            f'<ol class="{self.nonce}govuk-list {self.nonce}govuk-list--number">{"".join(items)}</ol>' if items else ""
        )

    def _walk(self, rendered: list[str], render: "Callable[[list[Token]], str]") -> None:
        # A note may refer to further notes, which then join the list while it is being walked.
        while len(rendered) < len(self.labels):
            rendered.append(render(self.definitions[self.labels[len(rendered)]]))

    def _item(self, number: int, html: str) -> str:
        back = "".join(self._back(number, count + 1) for count in range(self.counts[self.labels[number - 1]]))
        return (
            f'<li id="{self.nonce}fn-{self.chapter}-{number}">{html}<p class="{self.nonce}govuk-body-s">{back}</p></li>'
        )

    def _back(self, number: int, count: int) -> str:
        words = self._("Back to reference {number}").format(number=number if count == 1 else f"{number}.{count}")
        return (
            f'<a class="{self.nonce}govuk-link" href="#{self.nonce}{self._place(number, count)}">{escape(words)}</a> '
        )

    def _place(self, number: int, count: int) -> str:
        return f"fnref-{self.chapter}-{number}" + (f"-{count}" if count > 1 else "")
