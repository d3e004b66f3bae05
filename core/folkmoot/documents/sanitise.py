"""From rendered HTML, in which raw HTML may hide anything, to HTML that is safe inside a page of ours."""

import re
import secrets
from collections.abc import Callable
from functools import cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nh3 import Cleaner

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
CLASSES = {
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "blockquote": "govuk-inset-text",
    "table": "govuk-table",
    "caption": "govuk-table__caption",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "address": "govuk-body",
    **{f"h{level}": "govuk-heading-s" for level in range(1, 7)},
}
# Attributes that only we may set: they carry the nonce of this process, which no author can know.
_OURS = frozenset({"class", "id", "role", "aria-label", "aria-hidden"})
_TAGS = frozenset(
    CLASSES.keys()
    | {
        "abbr",
        "b",
        "br",
        "cite",
        "code",
        "dd",
        "del",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "i",
        "img",
    }
    | {
        "ins",
        "kbd",
        "li",
        "mark",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "tfoot",
        "u",
        "var",
    }
)
_ATTRIBUTES = {
    "*": {"lang", *_OURS},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan", "abbr"},
    "td": {"colspan", "rowspan"},
}
# HTML parsers reopen unclosed formatting elements in every following block, all that differ in an attribute: without
# attributes at most three of each are reopened, so output stays in proportion to input.
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])(?:[^>]{0,500}>)?", re.IGNORECASE
)
_ADDRESS = re.compile(
    r"""<[a-z][^<>]{0,2000}?\s(?:href|src)\s{0,9}=\s{0,9}["']?\s{0,9}([a-z][a-z0-9+.-]{0,30}):""", re.IGNORECASE
)
_ACTIVE = re.compile(
    r"<(script|style|iframe|object|embed|form|svg|math|template)\b|<[a-z][^<>]{0,500}\son[a-z]{3,20}\s{0,9}=",
    re.IGNORECASE,
)
_BLOCK_END = re.compile(r"</(?:p|li|t[dhr]|h[1-6]|d[dt]|div|caption|blockquote|figcaption|pre|address)>|<br>")
# Numbers of notes, the way back from a note, the icon of a warning.
_NOT_READ = re.compile(
    r'<sup><a [^<>]{0,200}\sid="fnref-[^<>]{0,60}>\[\d+\]</a></sup>|<p class="govuk-body-s">.*?</p>'
    r'|<span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
)
_TAG = re.compile(r"<[^<>]{0,2000}>")


@cache
def nonce() -> str:
    """Return the mark that tells our own ids and classes from an author's; it never leaves this package."""
    return f"f{secrets.token_hex(8)}_"


@cache
def _cleaner(raw: bool) -> "Cleaner":
    from nh3 import Cleaner

    classes = {tag: {"class": _marked(names)} for tag, names in CLASSES.items()} if raw else {}
    return Cleaner(
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        set_tag_attribute_values=classes,
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def _marked(names: str) -> str:
    return " ".join(nonce() + name for name in names.split())


def _allowed(_tag: str, attribute: str, value: str) -> str | None:
    ours = value.startswith(nonce())
    if attribute in _OURS:
        return value if ours else None
    # The mark anywhere else would be text of ours caught in an unclosed attribute; a link to a note begins with "#".
    return value if nonce() not in value or value.startswith("#" + nonce()) else None


def _without_attributes(tag: re.Match[str]) -> str:
    return tag.group(0) if nonce() in tag.group(0) else f"<{tag.group(1)}>"


@cache
def _stripper() -> "Cleaner":
    from nh3 import Cleaner

    return Cleaner(tags=set())


def clean(html: str) -> str:
    """Return safe, well-formed HTML; our own ids and classes are kept, an author's are not."""
    return _cleaner(False).clean(_FORMATTING.sub(_without_attributes, html)).replace(nonce(), "").strip()


def clean_raw(html: str) -> str:
    """Return raw HTML of an author made safe and dressed in GOV.UK classes, still carrying our mark."""
    return _cleaner(True).clean(_FORMATTING.sub(_without_attributes, html))


def plain(html: str) -> str:
    """Return the words of cleaned HTML, one space between and without the numbers of footnotes."""
    spaced = _BLOCK_END.sub(r" \g<0>", _NOT_READ.sub("", html))
    return " ".join(unescape(_stripper().clean(spaced)).split())


def words_only(html: str) -> str:
    """Return long raw HTML without its tags, by a linear scan that builds no tree; not safe until escaped."""
    return unescape(_TAG.sub(" ", html))


def complaints(html: str, _: Callable[[str], str]) -> list[str]:
    """Return a sentence for each kind of thing that cleaning this HTML takes out."""
    schemes = {match.lower() for match in _ADDRESS.findall(html)} - SCHEMES
    sentences = [
        _("A link that starts with {scheme}: was removed. Links start with https:, mailto: or tel:.").format(
            scheme=scheme
        )
        for scheme in sorted(schemes)
    ]
    if _ACTIVE.search(html):
        sentences.append(_("Scripts, styles, forms or embedded content in raw HTML were removed."))
    return sentences
