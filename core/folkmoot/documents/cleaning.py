"""What is put right in the source before it is parsed. Line numbers never change, so warnings can name them."""

import re
from collections.abc import Callable

from .nodes import DocumentTooLarge, EmptyDocument
from .notices import Notices

LIMIT_BYTES = 5_000_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CLOSE_HEADING = re.compile(r"^(#{1,6})(?=[^#\s])")
_ATTRIBUTES = re.compile(r"^\{:(?!:)[^}]*\}\s*$")
_WRAPPER = re.compile(r"^</?(?:div|section|article|main)(?:\s[^<>]*)?>\s*$", re.IGNORECASE)
_MARKER = re.compile(r"^\{[^{}:][^{}]*\}\s*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def source_lines(text: str, notices: Notices, _: Callable[[str], str]) -> list[str]:
    """Return the lines to parse; adds to `notices` what was removed.

    Removed without a warning, because a reader was never meant to see it: kramdown attribute lines (`{:.class}`) and
    comments, and lines that only open or close a wrapper such as `<div>`, whose content is then read as Markdown.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise EmptyDocument(_("The document is empty."))
    if len(text) > LIMIT_BYTES or len(text.encode("utf-8", "surrogatepass")) > LIMIT_BYTES:
        raise DocumentTooLarge(_("The document is larger than 5 MB. Split it into smaller documents."))
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text, removed = _CONTROL.subn("", text)
    if removed:
        sentence = _("Control characters that cannot be shown were removed: {count}.").format(count=removed)
        notices.add(0, sentence)
    return _mended(text.split("\n"), notices, _)


def _mended(lines: list[str], notices: Notices, _: Callable[[str], str]) -> list[str]:
    result: list[str] = []
    fence = ""
    comment = False
    for number, line in enumerate(lines, start=1):
        fence, was_fence = _fence_after(line, fence), fence
        if fence or was_fence:
            result.append(line)
            continue
        stripped = line.strip()
        starts, ends = stripped == "{::comment}", stripped == "{:/comment}"
        blank_before = not result or not result[-1]
        if comment or starts or _ATTRIBUTES.match(stripped) or (blank_before and _WRAPPER.match(stripped)):
            comment = (comment or starts) and not ends
            result.append("")
            continue
        if _MARKER.match(stripped):
            notices.add(number, _("The marker {marker} is not known and shows as text.").format(marker=stripped))
        result.append(_CLOSE_HEADING.sub(r"\1 ", line) if stripped else "")
    return result


def _fence_after(line: str, fence: str) -> str:
    """Return the code fence that is open after this line, "" for none."""
    match = _FENCE.match(line)
    if not match:
        return fence
    mark = match.group(1)
    if not fence:
        return mark
    return "" if mark.startswith(fence) and not line.strip().strip(mark[0]) else fence
