"""Ids and slugs that come out the same whenever the same text is read."""

import base64
import hashlib
import re
import unicodedata

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class Identities:
    """Hands out unique uids and slugs within one document."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._uids: set[str] = set()
        self._slugs: dict[str, set[str]] = {}

    def uid(self, content: str) -> str:
        """Return 9 characters, letter first: a hash of the content and of how often it came before."""
        occurrence = self._counts.get(content, 0)
        while True:
            digest = hashlib.sha256(f"{occurrence}\n{content}".encode()).digest()[:5]
            uid = "n" + base64.b32encode(digest).decode().lower()
            occurrence += 1
            if uid not in self._uids:
                break
        self._counts[content] = occurrence
        self._uids.add(uid)
        return uid

    def slug(self, kind: str, heading: str) -> str:
        """Return lower-case words joined by hyphens, at most 60 characters before any number that makes it unique."""
        taken = self._slugs.setdefault(kind, set())
        folded = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
        base = _NOT_SLUG.sub("-", folded).strip("-")[:60].rstrip("-") or kind
        slug, number = base, 1
        while slug in taken:
            count = self._counts.get(f"\0{kind}\0{base}", number)
            number = count + 1
            self._counts[f"\0{kind}\0{base}"] = number
            slug = f"{base}-{number}"
        taken.add(slug)
        return slug
