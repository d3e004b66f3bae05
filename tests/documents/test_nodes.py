"""What can be said from nodes alone."""

import json

import pytest

from folkmoot.documents import anchors, chapter_nodes, chapters, contents, node_from_json, nodes_json, read_markdown

TEXT = "## A\n\n1.1 First\n\n1.1 Second\n\n### S\n\np\n\n## A\n\nq"


def test_contents_list_each_chapter_with_its_sections() -> None:
    nodes = read_markdown(TEXT).nodes
    assert [(chapter.slug, [section.slug for section in found]) for chapter, found in contents(nodes)] == [
        ("a", ["s"]),
        ("a-2", []),
    ]
    assert [chapter.number_label for chapter in chapters(nodes)] == ["1", "2"]


def test_a_chapter_is_found_by_its_slug_with_everything_in_it() -> None:
    nodes = read_markdown(TEXT).nodes
    assert [node.text for node in chapter_nodes(nodes, "a-2")] == ["A", "q"]
    assert chapter_nodes(nodes, "none") == ()


def test_anchors_are_unique_also_where_an_author_typed_a_number_twice() -> None:
    nodes = read_markdown(TEXT).nodes
    found = anchors(nodes)
    assert len(set(found.values())) == len(nodes)
    assert found[nodes[1].uid] == "para-1.1"
    assert found[nodes[2].uid] == f"para-1.1-{nodes[2].uid}"


def test_nodes_survive_json() -> None:
    nodes = read_markdown(TEXT).nodes
    assert tuple(node_from_json(item) for item in json.loads(json.dumps(nodes_json(nodes)))) == nodes


@pytest.mark.parametrize(
    "change", [{"type": "poem"}, {"position": "1"}, {"parent_uid": 3}, {"html": None}, {"extra": "x"}], ids=str
)
def test_json_that_is_no_node_is_refused(change: dict[str, object]) -> None:
    item: dict[str, object] = {**nodes_json(read_markdown(TEXT).nodes)[0], **change}
    with pytest.raises(ValueError, match="node"):
        node_from_json(item)


def test_a_changed_paragraph_leaves_the_ids_of_the_others() -> None:
    before = [node.uid for node in read_markdown("## A\n\none\n\ntwo\n\nthree").nodes]
    after = [node.uid for node in read_markdown("## A\n\none\n\nTWO changed\n\nthree").nodes]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False, True]
