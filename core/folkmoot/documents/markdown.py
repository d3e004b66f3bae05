"""Read Markdown into a numbered document."""

from collections.abc import Callable

from .cleaning import source_lines
from .footnotes import split_footnotes
from .grammar import NESTING_LIMIT, blocks, parser
from .nodes import Draft
from .notices import Notices
from .outline import divide
from .reading import Reader


def read_markdown(text: str, _: Callable[[str], str] = str) -> Draft:
    """Return the title, the nodes in reading order and what a person should look at.

    The first heading of level 1 is the title. Chapters are the headings of level 2, or of level 1 when there are
    several; without either the document is one chapter. Text before the first chapter becomes chapter 0. In each
    chapter paragraphs, lists, tables and quotes are numbered "1.1", "1.2" …; where an author typed the number it is
    kept, and other blocks get a number only as far as it is free. Footnotes come last in their chapter as a list.

    :param _: translates the sentences of warnings and errors, and the few words added to the HTML.
    :raises EmptyDocument: when there is nothing to read.
    :raises DocumentTooLarge: over 5 MB, 50,000 blocks or 25 MB of HTML.
    """
    notices = Notices(_)
    source = "\n".join(source_lines(text, notices, _))
    tokens = parser().parse(source, {})
    deep = next((token for token in tokens if token.nesting == 1 and token.level >= NESTING_LIMIT - 1), None)
    if deep is not None:
        sentence = _("Lists or quotes are nested too deeply here; the innermost text is left out.")
        notices.add(deep.map[0] + 1 if deep.map else 0, sentence)
    body, notes = split_footnotes(tokens)
    reader = Reader(notices, notes, _)
    title = reader.read(divide(blocks(body), notices, _))
    return Draft(title, tuple(reader.pages.nodes), notices.warnings())
