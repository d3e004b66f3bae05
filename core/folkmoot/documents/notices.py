"""Warnings gathered while a document is read."""

from collections.abc import Callable

from .nodes import Warning  # noqa: A004 - the import pipeline's own word


class Notices:
    """Collects warnings by line and gives them back in the order of the document."""

    def __init__(self, _: Callable[[str], str]) -> None:
        self._ = _
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, sentence: str) -> None:
        """Note a sentence about a line, counted from 1; line 0 is the whole document."""
        self._found.append((line, sentence))

    def warnings(self) -> tuple[Warning, ...]:
        """Return the warnings, those about the whole document first."""
        return tuple(Warning(self._place(line), sentence) for line, sentence in sorted(self._found))

    def _place(self, line: int) -> str:
        return self._("Line {number}").format(number=line) if line else self._("Whole document")
