"""What is kept of a typed text: the words, with the characters taken out that no reader can see.

Removed, because databases, XML or other readers choke on them and nobody meant to type them: NUL and the other control
characters, lone surrogates, the byte order mark, and the controls that reorder what a reader sees (U+202A-202E and
U+2066-2069). Arabic, Hebrew, direction marks and joiners stay. All line endings, also Word's vertical tab and the
Unicode separators, become one line feed. Every function here gives the same again when applied to its own result.
"""

import re

_LINE_ENDINGS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]",
)


def _readable(value: str) -> str:
    return _UNSEEN.sub("", _LINE_ENDINGS.sub("\n", value))


def one_line(value: str) -> str:
    """The text on one line, trimmed: line breaks become single spaces."""
    # `isprintable` runs in C over the usual text; the expressions are for the rare rest.
    if not value.isprintable():
        lines = (line.strip() for line in _readable(value).split("\n"))
        value = " ".join(line for line in lines if line)
    return value.strip()


def many_lines(value: str) -> str:
    """The text with line feeds as its only line endings, trimmed at both ends."""
    if not value.replace("\n", "").isprintable():
        value = _readable(value)
    return value.strip()


def shortened(value: str, length: int) -> str:
    """The text in at most `length` characters, cut at a space where there is one, for naming it in a sentence."""
    if len(value) <= length:
        return value
    cut = value[: length - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"


def quoted(value: object) -> str:
    """What somebody sent, safe and short enough to repeat in a sentence."""
    return f"“{shortened(one_line(str(value)[:200]), 60)}”"
