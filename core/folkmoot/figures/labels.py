"""Words in drawings: how wide they are likely to be, how they are wrapped, and ids."""

import hashlib
import textwrap

from .frame import Frame

# Widest common case for 14-unit sans serif digits and mixed text; drawings cannot ask the browser.
_CHARACTER = 8


def estimated_width(text: str) -> int:
    """Return the units a 14-unit text takes, on the generous side."""
    return len(text) * _CHARACTER


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """Return the text in at most so many lines that fit the width; what does not fit ends in an ellipsis."""
    room = max(width // _CHARACTER, 4)
    if len(text) <= room:
        return [text]
    return textwrap.wrap(text, room, max_lines=lines, placeholder="…") or [text[: room - 1] + "…"]


def id_for(frame: Frame, kind: str, width: int) -> str:
    """Return an element id that no other figure, kind or width on the page has."""
    digest = hashlib.sha256(frame.key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"figure-{digest}-{kind}-{width}"
