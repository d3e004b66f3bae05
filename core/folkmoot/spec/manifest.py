"""The manifest: what a plugin is, before any of its pages are imported."""

import re
from dataclasses import dataclass

NAME = re.compile(r"[a-z][a-z0-9_]{1,29}\Z")
SEGMENT = re.compile(r"[a-z][a-z0-9-]{1,39}\Z")

RESERVED_SEGMENTS = frozenset(
    {
        "-",
        "account",
        "accessibility-statement",
        "admin",
        "api",
        "contact",
        "cookies",
        "cy",
        "jobs",
        "privacy",
        "search",
        "sign-in",
        "sign-out",
        "static",
        "feedback-received",
        "mail",
        "subscriptions",
    }
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Names a plugin and the first path segments that it claims.

    :param name: the short name: its tables start ``<name>_``, its templates stand in ``<name>/``
    :param title: what people call it, in sentence case
    :param summary: one sentence for the list of plugins
    :param mounts: first path segments that are its own, also under ``/admin/`` and ``/api/v1/``
    :param api: the version of the hook specifications that it was written for
    :param depends: names of plugins whose tables must exist before its own
    """

    name: str
    title: str
    summary: str
    mounts: tuple[str, ...]
    api: int = 1
    depends: tuple[str, ...] = ()

    def faults(self) -> list[str]:
        """Everything wrong with the manifest, a sentence each."""
        found = []
        if not NAME.match(self.name):
            found.append(f"The name “{self.name}” must be lower-case letters, digits and underscores.")
        if self.api != 1:
            found.append(f"It was written for version {self.api} of the hooks; this core has version 1.")
        for segment in self.mounts:
            if not SEGMENT.match(segment):
                found.append(f"The mount “{segment}” must be lower-case letters, digits and hyphens.")
            elif segment in RESERVED_SEGMENTS:
                found.append(f"The mount “{segment}” belongs to the core.")
        return found
