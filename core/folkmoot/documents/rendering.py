"""From the tokens of one block to sanitised HTML in GOV.UK's components, and to plain words."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, cast

from .footnotes import ChapterNotes
from .grammar import RAW_HTML_LIMIT, parser
from .sanitise import CLASSES, clean_raw, nonce, words_only

if TYPE_CHECKING:
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict


def render(tokens: "list[Token]", notes: ChapterNotes, _: Callable[[str], str]) -> str:
    """Return HTML in which our own classes and ids carry the nonce: pass it to `sanitise.clean`."""
    renderer, options = _renderer()
    _dress(tokens)
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "inline":
            pieces.append(inline(token, notes, lines=tokens[0].type == "callout_address_open"))
        elif token.type == "html_block":
            pieces.append(_raw(token.content))
        elif token.type.startswith("callout_"):
            pieces.append(_callout(token, _))
        else:
            rule = renderer.rules.get(token.type, renderer.renderToken)
            pieces.append(rule(tokens, index, options, {}))
    return "".join(pieces)


def inline(token: "Token", notes: ChapterNotes, *, lines: bool = False) -> str:
    """Return the HTML of the text of one paragraph, heading or cell; `lines` keeps line breaks, as in an address."""
    renderer, options = _renderer()
    children = [_ready(child, notes, lines) for child in token.children or []]
    return renderer.renderInline(children, options, {})


def _renderer() -> "tuple[RendererHTML, OptionsDict]":
    md = parser()
    return cast("RendererHTML", md.renderer), md.options


def words(token: "Token") -> str:
    """Return the words of a heading, without its raw HTML and the numbers of its footnotes."""
    pieces = {"softbreak": " ", "hardbreak": " ", "html_inline": "", "footnote_ref": ""}
    return " ".join("".join(pieces.get(child.type, child.content) for child in token.children or []).split())


def _ready(child: "Token", notes: ChapterNotes, lines: bool) -> "Token":
    """Return the token as it is to be rendered: a copy where it changes, for a note is rendered in each chapter."""
    if child.type == "link_open":
        return child.copy(attrs={**child.attrs, "class": _marked("a")})
    if child.type == "html_inline" and child.content[:2].lower() == "<a" and child.content[2:3].isspace():
        # The first of two equal attributes counts, so an author's class comes too late.
        return child.copy(content=f'<a class="{_marked("a")}"{child.content[2:]}')
    if child.type == "footnote_ref":
        return child.copy(type="html_inline", content=notes.reference(child.meta["label"]))
    return child.copy(type="hardbreak") if lines and child.type == "softbreak" else child


def _dress(tokens: "list[Token]") -> None:
    for token in tokens:
        if token.nesting != 1 or token.tag not in CLASSES or token.attrGet("class"):
            continue
        names = _marked(token.tag)
        if token.attrGet("style") == "text-align:right":
            names += f" {nonce()}{CLASSES[token.tag]}--numeric"
        token.attrs.pop("style", None)
        token.attrSet("class", names)
        if token.tag == "th":
            token.attrSet("scope", "col")


def _marked(tag: str) -> str:
    return " ".join(nonce() + name for name in CLASSES[tag].split())


def _raw(html: str) -> str:
    return f"<p>{escape(words_only(html))}</p>" if len(html) > RAW_HTML_LIMIT else clean_raw(html)


def _callout(token: "Token", _: Callable[[str], str]) -> str:
    kind = token.type.split("_")[1]
    mark = nonce()
    if token.nesting == -1:
        return {"warning": "</strong></div>", "address": "</address>"}.get(kind, "</div>")
    if kind == "address":
        return f'<address class="{mark}govuk-body">'
    if kind == "warning":
        icon = f'<span class="{mark}govuk-warning-text__icon" aria-hidden="{mark}true">!</span>'
        word = f'<span class="{mark}govuk-visually-hidden">{escape(_("Warning"))}</span> '
        return f'<div class="{mark}govuk-warning-text">{icon}<strong class="{mark}govuk-warning-text__text">{word}'
    label = {"information": _("Information"), "action": _("What to do"), "contact": _("Contact")}[kind]
    return f'<div class="{mark}govuk-inset-text" role="{mark}note" aria-label="{mark}{escape(label)}">'
