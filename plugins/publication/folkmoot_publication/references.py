"""References and keys: what stands in an address, and in which order references come."""

import re
import unicodedata

from folkmoot.api import N_

# A page's address may end in one of these, so a reference may not.
FILE_ENDINGS = r"\.(?:json|csv|ods|xlsx|atom|ics|svg|png)"
REFERENCE = re.compile(rf"(?!.*{FILE_ENDINGS}\Z)[A-Za-z0-9][A-Za-z0-9._()-]{{0,39}}\Z")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,79}\Z")
RESERVED_SLUGS = frozenset({"new"})
LEADING_WORD = re.compile(r"(?:recommendation|rec\.?)\s+(?=\S)", re.IGNORECASE)
NOT_GIVEN = "not-given"
LONGEST_TITLE = 100
LONGEST_KEY = 300
REFERENCE_RULE = N_("A reference is up to 40 letters, digits, dots, hyphens or brackets, such as 12 or 3.4a")


def read_reference(text: str) -> str:
    """Return a reference as it is kept: “Recommendation 12.” is 12; empty when it cannot stand in an address."""
    ref = LEADING_WORD.sub("", " ".join(text.split()), count=1).rstrip(".:").replace(" ", "-")
    return ref if REFERENCE.match(ref) else ""


def sort_key(ref: str) -> str:
    """Return text that sorts references as people count: 2 before 10, 3.4 before 3.10; different refs differ."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(9), ref.casefold()) + " " + ref


def key_of(label: str) -> str:
    """Return the key of a theme or a status: “Press & Police” is press-police, nothing is ``NOT_GIVEN``."""
    return _hyphened(label)[:LONGEST_KEY] or NOT_GIVEN


def slug_of(title: str) -> str:
    """Return a slug made from a title, or empty when the title has no letters to make it from."""
    plain = _hyphened(title).encode("ascii", "ignore").decode().replace("_", "-")
    slug = re.sub(r"-+", "-", plain)[:80].strip("-")
    return slug if SLUG.match(slug) and slug not in RESERVED_SLUGS else ""


def _hyphened(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "-".join(re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c))))


def title_of(text: str) -> str:
    """Return a title made from a recommendation's wording: its first sentence, cut at a word when it is long."""
    words = " ".join(text.split())
    sentence = re.split(r"(?<=[.;?!])\s", words, maxsplit=1)[0].rstrip(".;:")
    if len(sentence) <= LONGEST_TITLE:
        return sentence
    return sentence[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(",;:– ") + "…"
