"""Nothing an author writes runs, clashes with our ids or takes unbounded time."""

import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from folkmoot.documents import Draft, EmptyDocument, read_markdown
from folkmoot.documents.grammar import NESTING_LIMIT, parser
from folkmoot.documents.sanitise import clean, clean_raw

RAW = [
    "<script>",
    "</script>",
    "<style>",
    "<svg/onload=x>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<table><tr><td>",
    "<math><style>",
    "<",
    ">",
    '"',
    "'",
    "`",
    "<p>",
    "</p>",
    "&#x3c;script&#x3e;",
    "[x](javascript:a)",
    "[y](data:text/html,z)",
    "![i](vbscript:q)",
    "[^a]",
    "$CTA",
    "^",
    "%",
    "{:.a}",
    "word",
    "<b></b>",
    "é",
    "\x00",
]
LINES = ["\n\n", "\n\n[^a]: note ", "> ", "- ", "# ", "## ", "1.1 Text", "|a|\n|-|\n", "```\n", "s1. step", "\n$A\n"]
TAGS = ["<b onclick='x()'>", '<a href="javascript:x">', "<img src=x onerror=y>", '<p id="fn-0-1">', '<div title="']
markdown = st.lists(st.sampled_from(RAW + LINES + TAGS) | st.text(max_size=8), max_size=40).map("".join)


class Inspector(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def inspect(draft: Draft) -> Inspector:
    inspector = Inspector()
    for node in draft.nodes:
        inspector.feed(node.html)
    inspector.close()
    return inspector


def read_or_none(text: str) -> Draft | None:
    try:
        return read_markdown(text)
    except EmptyDocument:
        return None


@given(markdown)
@settings(max_examples=300, deadline=None)
def test_no_script_handler_style_or_bad_scheme_comes_through(text: str) -> None:
    if (draft := read_or_none(text)) is None:
        return
    seen = inspect(draft)
    assert not {"script", "style", "iframe", "svg", "math", "form", "object"} & set(seen.tags)
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name != "style"
        if name in ("href", "src"):
            assert not re.match(r"\s*(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:", value, re.IGNORECASE)


@given(markdown)
@settings(max_examples=300, deadline=None)
def test_uids_ids_slugs_are_unique_and_the_same_when_read_again(text: str) -> None:
    if (draft := read_or_none(text)) is None:
        return
    assert read_markdown(text) == draft
    uids = [node.uid for node in draft.nodes]
    assert len(set(uids)) == len(uids)
    slugs = [node.slug for node in draft.nodes if node.type == "chapter"]
    assert len(set(slugs)) == len(slugs)
    ids = [value for name, value in inspect(draft).attributes if name == "id"]
    assert len(set(ids)) == len(ids)
    assert all(node.parent_uid is None or node.parent_uid in uids for node in draft.nodes)


def test_an_author_cannot_set_ids_classes_or_roles() -> None:
    draft = read_markdown('## A\n\n<p id="top" class="govuk-button" role="alert">a</p>\n\n<b id="x" class="y">c</b> d')
    names = {value for name, value in inspect(draft).attributes if name in ("id", "class", "role")}
    assert names == {"govuk-body"}


def test_our_mark_caught_in_an_unclosed_attribute_does_not_break_out() -> None:
    draft = read_markdown('## A\n\n> <div title="\n>\n> words[^1] "><img src=x onerror=y>\n\n[^1]: n')
    assert not any(name.startswith("on") for name, _value in inspect(draft).attributes)


@pytest.mark.parametrize("opening", ["> ", "- ", ">"])
def test_nesting_stops_at_the_limit_with_a_warning(opening: str) -> None:
    source = "## A\n\nbefore\n\n" + opening * 10_000 + "x"
    assert max(token.level for token in parser().parse(source)) <= NESTING_LIMIT
    assert any("too deeply" in warning.sentence for warning in read_markdown(source).warnings)


def calls(text: str) -> int:
    """Count Python function calls: the cost of reading, whatever the machine is doing."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        read_or_none(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "![",
        "<",
        "<a ",
        "[^",
        "*a **b ",
        "[a](",
        "&#",
        "_a",
        "`",
        "<!--",
        "^a\n",
        "$CTA a\n",
        "[a]: b\n",
        "- a\n",
        "|a",
    ],
)
def test_the_cost_of_hostile_text_grows_with_its_length_and_no_faster(piece: str) -> None:
    definition = "[^1]: n\n\n"
    calls(definition + piece)
    assert calls(definition + piece * 2_000) <= 2.6 * calls(definition + piece * 1_000)


@pytest.mark.parametrize("cleaned", [clean, clean_raw])
def test_unclosed_formatting_does_not_multiply_the_output(cleaned: Callable[[str], str]) -> None:
    unclosed = "".join(f'<b title="{number}">' for number in range(300))
    source = f"<p>{unclosed}</p>" + "<p>x</p>" * 300
    assert len(cleaned(source)) < 20 * len(source)


def test_raw_html_over_its_limit_is_kept_as_words() -> None:
    draft = read_markdown("## A\n\n<p>" + "<div>word</div>" * 10_000)
    assert draft.nodes[1].text.split().count("word") == 10_000
    assert "<div" not in draft.nodes[1].html
