"""The table of contents of a file: what it is, what made it, what must be in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1
MANIFEST, README = "manifest.json", "README.txt"
INSTANCE, SITE = "instance", "site"


@dataclass(frozen=True, slots=True)
class Member:
    """One part of the archive: how long it is when unpacked, and its hash."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table in the file: how many rows, and how each column is written."""

    rows: int
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SitePart:
    """A site in the file."""

    id: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file holds.

    :param kind: ``instance`` for everything, ``site`` for one site
    :param revisions: the newest migration of core and of each plugin when the file was made
    :param missing: files that rows name and that were not there any more
    :param left_out: tables of the database that belong to no active plugin
    """

    kind: str
    folkmoot: str
    revisions: Mapping[str, str]
    sites: tuple[SitePart, ...]
    tables: Mapping[str, TablePart]
    members: Mapping[str, Member]
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    format: int = field(default=FORMAT)

    def text(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def table_member(table: str) -> str:
    """Return the name of a table's part."""
    return f"tables/{table}.jsonl"


def file_member(sha256: str) -> str:
    """Return the name of a file's part."""
    return f"files/{sha256}"


def read_manifest(text: bytes) -> Manifest:
    """Return a manifest; raises ``ValueError`` when it is none of ours."""
    given = json.loads(text)
    if not isinstance(given, dict) or not isinstance(given.get("format"), int):
        raise ValueError("no manifest of ours")
    if given["format"] != FORMAT:
        return Manifest(kind="", folkmoot="", revisions={}, sites=(), tables={}, members={}, format=given["format"])
    try:
        return _typed(given)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no manifest of ours") from error


def _typed(given: Mapping[str, Any]) -> Manifest:
    manifest = Manifest(
        kind=str(given["kind"]),
        folkmoot=str(given["folkmoot"]),
        revisions={str(name): str(revision) for name, revision in given["revisions"].items()},
        sites=tuple(SitePart(**{name: str(value) for name, value in site.items()}) for site in given["sites"]),
        tables={
            str(name): TablePart(int(part["rows"]), {str(c): str(k) for c, k in part["columns"].items()})
            for name, part in given["tables"].items()
        },
        members={str(name): Member(int(part["bytes"]), str(part["sha256"])) for name, part in given["members"].items()},
        missing=tuple(str(name) for name in given["missing"]),
        left_out=tuple(str(name) for name in given["left_out"]),
    )
    if manifest.kind not in {INSTANCE, SITE} or any(part.bytes < 0 for part in manifest.members.values()):
        raise ValueError("no manifest of ours")
    return manifest
