"""A small reader of HTML for tests: a tree of elements, and the form fields that a browser would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(slots=True)
class Element:
    """One element, its attributes and what it holds."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str | None = None, cls: str | None = None, **attributes: str) -> list["Element"]:
        """Return the elements below with that tag, class and attributes."""
        return [
            element
            for element in self.walk()
            if (tag is None or element.tag == tag)
            and (cls is None or cls in element.get("class").split())
            and all(element.attributes.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def one(self, tag: str | None = None, cls: str | None = None, **attributes: str) -> "Element":
        """Return the only such element; fails when there are none or several."""
        found = self.all(tag, cls, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag or ''} {cls or ''} {attributes or ''}"
        return found[0]

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    @property
    def text(self) -> str:
        """The text of the element with white space folded; scripts and styles left out."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        if self.tag in {"script", "style", "template"}:
            return ""
        return "".join(c if isinstance(c, str) else f" {c._text()} " for c in self.children)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_html(text: str) -> Element:
    """Return the document as a tree."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.root


def form_fields(form: Element) -> list[tuple[str, str]]:
    """Return what a browser would send if the form were submitted untouched (without buttons)."""
    fields: list[tuple[str, str]] = []
    for element in form.walk():
        name = element.get("name")
        if not name or "disabled" in element.attributes:
            continue
        kind = element.get("type", "text")
        if element.tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in element.attributes:
                fields.append((name, element.get("value", "on")))
        elif element.tag == "input" and kind not in {"submit", "button", "file"}:
            fields.append((name, element.get("value")))
        elif element.tag == "textarea":
            # The first line break after the tag is the markup's, not the value's (HTML, 13.1.2.5).
            fields.append((name, "".join(c for c in element.children if isinstance(c, str)).removeprefix("\n")))
        elif element.tag == "select":
            options = element.all("option")
            chosen = [o for o in options if "selected" in o.attributes] or options[:1]
            fields += [(name, option.get("value", option.text)) for option in chosen]
    return fields
