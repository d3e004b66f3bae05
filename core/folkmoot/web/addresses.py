"""Reading an address: language prefix, file suffix, and whose it is. A pure function of the path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUFFIXES = frozenset({"json", "csv", "ods", "xlsx", "atom", "ics", "svg", "png"})
# In these, a dot belongs to the name.
WHOLE = ("/static/", "/api/", "/.well-known/")


@dataclass(frozen=True, slots=True)
class Address:
    """What a path says: ``/cy/consultations/health.json`` is Welsh, JSON, ``/consultations/health``, a plugin's."""

    locale: str
    path: str
    suffix: str
    plugin: str | None


def read_address(path: str, locales: Sequence[str], mounts: Mapping[str, str]) -> Address:
    """Read a path of a site.

    :param locales: the site's languages, the first without a prefix
    :param mounts: first segments and plugin names, to plugins
    """
    locale = locales[0]
    for other in locales[1:]:
        if path == f"/{other}" or path.startswith(f"/{other}/"):
            locale, path = other, path[len(other) + 1 :] or "/"
    suffix = ""
    if "." in path and not path.startswith(WHOLE):
        stem, _, last = path.rpartition(".")
        if last in SUFFIXES and "/" not in last:
            path, suffix = stem, last
    return Address(locale, path, suffix, _owner(path, mounts))


def _owner(path: str, mounts: Mapping[str, str]) -> str | None:
    parts = path.split("/", 4)
    if len(parts) < 2:
        # Not an address of a page: “OPTIONS *” asks about the whole server.
        return None
    if parts[1] == "admin":
        return mounts.get(parts[2]) if len(parts) > 2 else None
    if parts[1] == "api":
        return mounts.get(parts[3]) if len(parts) > 3 else None
    return mounts.get(parts[1])
