"""Numbered documents: a text becomes chapters, sections and paragraphs that people can cite and that keep their ids."""

from .markdown import read_markdown
from .nodes import (
    DocumentTooLarge,
    Draft,
    EmptyDocument,
    Node,
    NodeType,
    Warning,  # noqa: A004 - the import pipeline's own word for what a person should look at
    anchors,
    chapter_nodes,
    chapters,
    contents,
    node_from_json,
    nodes_json,
)

__all__ = [
    "DocumentTooLarge",
    "Draft",
    "EmptyDocument",
    "Node",
    "NodeType",
    "Warning",
    "anchors",
    "chapter_nodes",
    "chapters",
    "contents",
    "node_from_json",
    "nodes_json",
    "read_markdown",
]
