"""Real documents, where they are on this machine, and our own: no word is lost, nothing runs."""

import os
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from folkmoot.documents import EmptyDocument, read_markdown

HERE = Path(__file__).parent
DATA = Path(os.environ.get("FOLKMOOT_SAMPLE_DATA") or HERE.parents[2] / "shared" / "data")
OWN = sorted((HERE / "samples").glob("*.md"))
REAL = sorted((DATA / "documents" / "markdown").glob("*.md"))

HIDDEN = [
    r"\{::comment\}.*?\{:/comment\}",
    r"(?m)^\{:[^}]*\}",
    r"<!--.*?-->",
    r"</?[a-zA-Z][^<>]*>",
    r"(?m)^\[\^[^\]]+\]:",
    r"\[\^[^\]]+\]",
    r"(?<=\])\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)",
    r"(?m)^\s*(?:[-*+]|s?\d+[.)])\s+",
    r"(?m)^#+\s*0?\d{1,2}[.)]?\s",
    r"(?m)^\$(?:CTA|C|A)\s*$",
]


def visible_words(source: str) -> Counter[str]:
    """Work out from the source alone, by another way than the reader's, which words a reader must find."""
    for pattern in HIDDEN:
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    return Counter(re.findall(r"[^\W_]+", unescape(source)))


@pytest.mark.parametrize("path", OWN + REAL, ids=lambda path: path.stem)
def test_every_visible_word_is_kept_and_no_raw_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    wanted = visible_words(source)
    try:
        draft = read_markdown(source)
    except EmptyDocument:
        assert not wanted
        return
    found = Counter(
        word
        for text in [draft.title or "", *(f"{node.number_label} {node.text}" for node in draft.nodes)]
        for word in re.findall(r"[^\W_]+", text)
    )
    assert not wanted - found
    assert not re.search(r"<(?:script|style)|\son\w+=|style=", "".join(node.html for node in draft.nodes))


def test_our_own_sample_reads_without_a_warning_but_for_what_is_wrong_in_it() -> None:
    draft = read_markdown(OWN[0].read_text(encoding="utf-8"))
    assert draft.title == "Care at home: what we will do"
    assert [node.heading for node in draft.nodes if node.type == "chapter"][1:] == ["Why this matters", "What it costs"]
    assert [warning.sentence for warning in draft.warnings] == [
        "Scripts, styles, forms or embedded content in raw HTML were removed."
    ]
