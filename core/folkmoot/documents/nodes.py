"""The shape of a read document, and what can be said from its nodes alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, get_args

NodeType = Literal["chapter", "section", "paragraph", "list", "table", "quote", "callout", "image", "code"]


class EmptyDocument(ValueError):
    """There is nothing to read: the message is a sentence for the person who brought the document."""


class DocumentTooLarge(ValueError):
    """The document, or what it unfolds to, is over the limit; the message is a sentence that names the limit."""


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the import pipeline's own word
    """Something a person should look at. `where` says the place in words, `sentence` what to do about it."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Node:
    """One block of a document.

    `uid` depends on what the block says (and on how many equal blocks came before), so reading the same text again
    gives the same uid. `position` counts from 0 through the whole document. `html` is sanitised and needs no further
    escaping: for a chapter the inside of its heading, for a section a heading element, else the block. `number_label`
    is "" where nothing is numbered; numbers typed by the author are here and no longer in `html` or `text`.
    `slug` is filled for chapters (unique among chapters) and sections (unique among sections).
    """

    uid: str
    parent_uid: str | None
    position: int
    type: NodeType
    number_label: str
    heading: str
    slug: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as read, before anybody has accepted it."""

    title: str | None
    nodes: tuple[Node, ...]
    warnings: tuple[Warning, ...]


def chapters(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the chapter nodes in order."""
    return tuple(node for node in nodes if node.type == "chapter")


def chapter_nodes(nodes: Iterable[Node], slug: str) -> tuple[Node, ...]:
    """Return the chapter with this slug and everything in it, in order; empty when there is no such chapter."""
    found: list[Node] = []
    inside = False
    for node in nodes:
        if node.type == "chapter":
            inside = node.slug == slug
        if inside:
            found.append(node)
    return tuple(found)


def contents(nodes: Sequence[Node]) -> tuple[tuple[Node, tuple[Node, ...]], ...]:
    """Return each chapter with all its sections, nested ones included, in reading order."""
    sections: dict[str, list[Node]] = {}
    current = ""
    for node in nodes:
        if node.type == "chapter":
            current = node.uid
        elif node.type == "section":
            sections.setdefault(current, []).append(node)
    return tuple((chapter, tuple(sections.get(chapter.uid, ()))) for chapter in chapters(nodes))


def anchors(nodes: Iterable[Node]) -> dict[str, str]:
    """Return an element id per node uid, unique in the document: `para-1.12`, `section-costs`, `chapter-costs`.

    Where a number is used twice the later block gets its uid added, so that one address never means two paragraphs.
    """
    taken: set[str] = set()
    result: dict[str, str] = {}
    for node in nodes:
        anchor = _anchor(node)
        if anchor in taken:
            anchor = f"{anchor}-{node.uid}"
        taken.add(anchor)
        result[node.uid] = anchor
    return result


def _anchor(node: Node) -> str:
    if node.type in ("chapter", "section"):
        return f"{node.type}-{node.slug}"
    return f"para-{node.number_label}" if node.number_label else f"block-{node.uid}"


def nodes_json(nodes: Iterable[Node]) -> list[dict[str, str | int | None]]:
    """Return plain dictionaries, one per node, ready for a JSON column or file."""
    return [asdict(node) for node in nodes]


def node_from_json(item: Mapping[str, object]) -> Node:
    """Return the node that `nodes_json` wrote; ValueError when a field is missing, unknown or of the wrong kind."""
    fields = dict(item)
    if set(fields) != set(Node.__slots__):
        raise ValueError(
            f"A node has the fields {', '.join(Node.__slots__)}; this one has {', '.join(sorted(fields))}."
        )
    if fields["type"] not in get_args(NodeType):
        raise ValueError(f"“{fields['type']}” is not a type of node.")
    position, parent = fields.pop("position"), fields.pop("parent_uid")
    if not isinstance(position, int) or not (parent is None or isinstance(parent, str)):
        raise ValueError("A node's position is a whole number and its parent is a uid or nothing.")
    if any(not isinstance(value, str) for value in fields.values()):
        raise ValueError("Every other field of a node is text.")
    return Node(position=position, parent_uid=parent, **fields)  # type: ignore[arg-type]
