"""Reading Markdown into numbered nodes."""

import pytest

from folkmoot.documents import DocumentTooLarge, Draft, EmptyDocument, Node, read_markdown


def only(draft: Draft, kind: str) -> list[Node]:
    return [node for node in draft.nodes if node.type == kind]


def numbers(draft: Draft) -> list[str]:
    return [node.number_label for node in draft.nodes if node.type != "chapter" and node.number_label]


def sentences(draft: Draft) -> str:
    return " ".join(warning.sentence for warning in draft.warnings)


def test_the_first_level_one_heading_is_the_title_and_level_two_headings_are_chapters() -> None:
    draft = read_markdown("# Title\n\n## One\n\na\n\n## Two\n\nb")
    assert draft.title == "Title"
    assert [(node.number_label, node.heading, node.slug) for node in only(draft, "chapter")] == [
        ("1", "One", "one"),
        ("2", "Two", "two"),
    ]


def test_level_one_headings_are_the_chapters_when_there_are_several() -> None:
    draft = read_markdown("# Title\n\n# One\n\na\n\n## Section\n\nb\n\n# Two\n\nc")
    assert draft.title == "Title"
    assert [node.heading for node in only(draft, "chapter")] == ["One", "Two"]
    assert [node.heading for node in only(draft, "section")] == ["Section"]


def test_without_chapter_headings_the_document_is_one_chapter() -> None:
    draft = read_markdown("# Title\n\na\n\nb")
    assert [(node.number_label, node.heading) for node in only(draft, "chapter")] == [("1", "Title")]
    assert numbers(draft) == ["1.1", "1.2"]


def test_text_before_the_first_chapter_is_chapter_nought_so_that_numbers_do_not_shift() -> None:
    draft = read_markdown("# Title\n\nforeword\n\n## One\n\na")
    assert numbers(draft) == ["0.1", "1.1"]


def test_paragraphs_lists_tables_and_quotes_are_numbered_and_nothing_else_is() -> None:
    blocks = ["## A", "p", "- l", "|h|\n|-|\n|c|", "> q", "```\ncode\n```", "^note^", "![alt](x.png)", "last"]
    draft = read_markdown("\n\n".join(blocks))
    found = [(node.type, node.number_label) for node in draft.nodes[1:]]
    assert found == [
        ("paragraph", "1.1"),
        ("list", "1.2"),
        ("table", "1.3"),
        ("quote", "1.4"),
        ("code", ""),
        ("callout", ""),
        ("image", ""),
        ("paragraph", "1.5"),
    ]


def test_a_typed_number_is_kept_and_not_doubled() -> None:
    node = only(read_markdown("## A\n\n1.1 *Strong* words\n\n1.2 More"), "paragraph")[0]
    assert (node.number_label, node.text) == ("1.1", "Strong words")
    assert "1.1" not in node.html


def test_a_list_between_typed_numbers_does_not_take_the_next_one() -> None:
    draft = read_markdown("## A\n\n1.1 These:\n\n- a\n\n1.2 Next\n\nUntyped")
    assert [node.number_label for node in draft.nodes[1:]] == ["1.1", "", "1.2", "1.3"]
    assert draft.warnings == ()


@pytest.mark.parametrize("text", ["1.7 billion pounds", "1.5% of people", "12 people", "2024 was dry"])
def test_a_quantity_at_the_start_is_not_a_typed_number(text: str) -> None:
    node = only(read_markdown(f"## A\n\n{text}"), "paragraph")[0]
    assert (node.number_label, node.text) == ("1.1", text)


@pytest.mark.parametrize(
    ("second", "words"),
    [("1.1 Again", "more than once"), ("1.4 Gap", "does not follow"), ("3.1 Elsewhere", "does not belong")],
)
def test_a_typed_number_that_repeats_leaves_a_gap_or_strays_is_a_warning(second: str, words: str) -> None:
    draft = read_markdown(f"## A\n\n1.1 First\n\n{second}")
    assert words in sentences(draft)
    assert draft.warnings[0].where == "Line 5"


def test_a_typed_chapter_number_is_kept_and_a_count_in_a_heading_is_not_one() -> None:
    draft = read_markdown("## 3. Costs\n\na\n\n## 14 actions\n\nb")
    found = [(node.number_label, node.heading) for node in only(draft, "chapter")]
    assert found == [("3", "Costs"), ("4", "14 actions")]


def test_sections_nest_by_level() -> None:
    draft = read_markdown("## A\n\n### B\n\n#### C\n\np\n\n### D\n\nq")
    by_uid = {node.uid: node.heading for node in draft.nodes}
    parents = {node.heading or node.text: by_uid.get(node.parent_uid or "") for node in draft.nodes}
    assert parents == {"A": None, "B": "A", "C": "B", "p": "C", "D": "A", "q": "D"}


def test_a_table_has_govuk_classes_scope_caption_and_numeric_cells() -> None:
    node = only(read_markdown("## A\n\nTable 1: Costs\n\n|a|b|\n|-|-:|\n|c|5|"), "table")[0]
    assert '<caption class="govuk-table__caption govuk-table__caption--m">Table 1: Costs</caption>' in node.html
    assert '<th class="govuk-table__header" scope="col">a</th>' in node.html
    assert '<td class="govuk-table__cell govuk-table__cell--numeric">5</td>' in node.html
    assert (node.heading, node.text) == ("Table 1: Costs", "Table 1: Costs a b c 5")


def test_lists_links_and_paragraphs_have_govuk_classes() -> None:
    html = "".join(node.html for node in read_markdown("## A\n\n[a](https://b.example)\n\n- x\n\n1. y").nodes)
    assert '<p class="govuk-body"><a href="https://b.example" class="govuk-link">' in html
    assert '<ul class="govuk-list govuk-list--bullet">' in html
    assert '<ol class="govuk-list govuk-list--number">' in html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$CTA\nAct **now**\n$CTA", "Act <strong>now</strong>"),
        ("$CTA Act now $CTA", 'class="govuk-inset-text" role="note" aria-label="What to do"'),
        ("^Know this^", 'role="note" aria-label="Information"><p class="govuk-body">Know this</p>'),
        ("%Beware%", '<strong class="govuk-warning-text__text">'),
        ("$A\n1 Street\nTown\n$A", '<address class="govuk-body">1 Street<br>\nTown</address>'),
    ],
)
def test_govuk_callouts_are_read(source: str, expected: str) -> None:
    node = only(read_markdown(f"## A\n\n{source}"), "callout")[0]
    assert expected in node.html
    assert not set("$^%") & set(node.text)


@pytest.mark.parametrize("text", ["$100 was paid", "100% of it", "% of people, 20%", "^ alone", "$CTA never closed"])
def test_a_marker_that_opens_nothing_stays_text(text: str) -> None:
    draft = read_markdown(f"## A\n\n{text}")
    assert not only(draft, "callout")
    assert text.split(maxsplit=1)[0] in draft.nodes[1].text


def test_steps_are_an_ordered_list_that_keeps_its_start() -> None:
    node = only(read_markdown("## A\n\ns2. Open\ns3. Close"), "list")[0]
    assert 'start="2"' in node.html
    assert node.text == "Open Close"


def test_skipped_levels_missing_alt_bad_links_and_scripts_are_warnings_in_the_order_of_the_document() -> None:
    draft = read_markdown("## A\n\n#### B\n\n![](x.png)\n\n[x](javascript:alert(1))\n\n<script>x</script>\n")
    assert [warning.where for warning in draft.warnings] == ["Line 3", "Line 5", "Line 7", "Line 9"]
    assert "skips from level 2 to level 4" in draft.warnings[0].sentence
    assert "javascript" not in "".join(node.html for node in draft.nodes)


def test_an_empty_document_is_refused_with_a_sentence() -> None:
    for text in ("", " \n\t\n", "\ufeff", "{::comment}\nx\n{:/comment}"):
        with pytest.raises(EmptyDocument, match="empty"):
            read_markdown(text)
    with pytest.raises(EmptyDocument, match="no text below its title"):
        read_markdown("# Title")


def test_more_than_five_megabytes_are_refused_counting_bytes() -> None:
    with pytest.raises(DocumentTooLarge, match="5 MB"):
        read_markdown("é" * 2_500_001)


def test_more_than_fifty_thousand_blocks_are_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="50,000"):
        read_markdown("## A\n\n" * 25_001 + "a\n\n" * 25_001)


def test_a_document_that_unfolds_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="unfolds"):
        read_markdown("## a\n[^1]\n\n" * 1_000 + "[^1]: " + "x" * 50_000)


def test_control_characters_are_removed_with_a_warning() -> None:
    draft = read_markdown("## A\n\nb\x00c\x07d")
    assert draft.nodes[1].text == "bcd"
    assert draft.warnings[0].where == "Whole document"


def test_unknown_markers_are_kept_as_text_and_kramdown_attributes_are_dropped() -> None:
    draft = read_markdown("##A\n{:.no_toc}\n\n{include x.md}\n\nb")
    assert [node.text for node in draft.nodes] == ["A", "{include x.md}", "b"]
    assert "not known" in sentences(draft)


def test_wrapper_lines_are_dropped_and_code_is_left_alone() -> None:
    draft = read_markdown('<div class="x">\n\n#Title\n\n</div>\n\n```\n<div>\n##x\n```\n')
    assert draft.title == "Title"
    assert only(draft, "code")[0].text == "<div> ##x"


def test_every_sentence_goes_through_translation() -> None:
    seen: list[str] = []

    def welsh(message: str) -> str:
        seen.append(message)
        return f"cy:{message}"

    draft = read_markdown("## A\n\n#### B\n\nx[^1]\n\n%w%\n\n[^1]: n", welsh)
    assert all(warning.sentence.startswith("cy:") and warning.where.startswith("cy:") for warning in draft.warnings)
    assert {"Warning", "Footnotes", "Back to reference {number}"} <= set(seen)
