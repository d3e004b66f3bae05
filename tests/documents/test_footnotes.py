"""Footnotes: numbered in each chapter, linked both ways, never lost."""

import re

from folkmoot.documents import Draft, read_markdown


def html(draft: Draft) -> str:
    return "\n".join(node.html for node in draft.nodes)


def test_every_reference_leads_to_a_note_and_back() -> None:
    page = html(read_markdown("## A\n\na[^x] b[^x]\n\n## B\n\nc[^x] d[^y]\n\n[^x]: ex[^y]\n[^y]: why"))
    ids = re.findall(r' id="([^"]+)"', page)
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert {"fn-0-1", "fnref-0-1", "fnref-0-1-2", "fn-1-1", "fn-1-2"} <= set(ids)


def test_notes_stand_at_the_end_of_each_chapter_that_refers_to_them() -> None:
    draft = read_markdown("## A\n\na[^x]\n\n## B\n\nb[^x]\n\n[^x]: note")
    notes = [node for node in draft.nodes if node.heading == "Footnotes"]
    assert [(node.type, node.number_label, node.text) for node in notes] == [("list", "", "note")] * 2
    assert draft.nodes.index(notes[0]) == 2


def test_a_note_that_nothing_refers_to_is_kept_with_a_warning() -> None:
    draft = read_markdown("## A\n\na\n\n[^x]: lonely words")
    assert "lonely words" in draft.nodes[-1].text
    assert "Nothing refers to the footnote x" in draft.warnings[0].sentence


def test_a_note_defined_twice_loses_nothing() -> None:
    draft = read_markdown("## A\n\na[^x]\n\n[^x]: first\n\n[^x]: second")
    assert "first" in draft.nodes[-1].text
    assert "second" in draft.nodes[-1].text
    assert any("more than once" in warning.sentence for warning in draft.warnings)


def test_a_reference_without_a_note_stays_text_with_a_warning() -> None:
    draft = read_markdown("## A\n\na[^gone]")
    assert "[^gone]" in draft.nodes[1].text
    assert "gone is not defined" in draft.warnings[0].sentence


def test_notes_that_refer_to_each_other_end() -> None:
    draft = read_markdown("## A\n\na[^x]\n\n[^x]: ex[^y]\n[^y]: why[^x]")
    assert draft.nodes[-1].text == "ex why"


def test_a_definition_inside_a_list_is_a_note() -> None:
    draft = read_markdown("## A\n\n- item[^x]\n\n    [^x]: inner")
    assert draft.nodes[-1].text == "inner"
