"""Writing a file: everything, or one site, in one snapshot and with flat memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from folkmoot.spec.errors import FolkmootError, NotFound, Refused
from folkmoot.store.backup import manifest as parts
from folkmoot.store.backup import readme
from folkmoot.store.backup.archive import Archive, new_archive
from folkmoot.store.backup.files import Named, named_in
from folkmoot.store.backup.manifest import Manifest, SitePart, TablePart
from folkmoot.store.backup.rules import MEMBERSHIP, SITE, in_backup, in_export, refuse_forgotten, tables_of
from folkmoot.store.backup.snapshot import MEMBER_COLUMNS, Snapshot, open_snapshot
from folkmoot.store.backup.values import canonical, columns_of
from folkmoot.store.database import Database
from folkmoot.store.files.storage import Storage
from folkmoot.store.migrations.lineage import Lineage

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Store:
    """What a backup is taken of and put into."""

    database: Database
    lineages: Sequence[Lineage]
    files: Storage | None = None
    tell: Tell = str

    @property
    def tables(self) -> Sequence[sa.Table]:
        """Every table of core and the active plugins, each after those that it refers to."""
        return tables_of(self.lineages)


async def take_backup(store: Store, path: Path) -> Manifest:
    """Write everything to a new file."""
    return await _take(store, path, in_backup(store.tables), None)


async def take_export(store: Store, path: Path, site_id: UUID) -> Manifest:
    """Write one site to a new file."""
    return await _take(store, path, in_export(store.tables), site_id)


async def _take(store: Store, path: Path, tables: Sequence[sa.Table], site_id: UUID | None) -> Manifest:
    with new_archive(path) as archive:
        with archive.part(parts.README) as part:
            part.write((readme.INSTANCE if site_id is None else readme.SITE).encode())
        named: set[Named] = set()
        # Closed before the files are read: a database lets nobody hold a snapshot and do nothing for long.
        async with open_snapshot(store.database) as snapshot:
            manifest = await _write_rows(store, archive, snapshot, tables, site_id, named)
        missing = await _write_files(store, archive, named)
        manifest = replace(manifest, missing=missing, members=dict(archive.members))
        with archive.part(parts.MANIFEST) as part:
            part.write(manifest.text())
    return manifest


async def _write_rows(
    store: Store,
    archive: Archive,
    snapshot: Snapshot,
    tables: Sequence[sa.Table],
    site_id: UUID | None,
    named: set[Named],
) -> Manifest:
    written: dict[str, TablePart] = {}
    for table in sorted(tables, key=lambda table: table.name):
        written[table.name] = await _write_table(archive, snapshot, table, site_id, named)
        store.tell(f"{table.name}: {written[table.name].rows} rows")
    unknown = await snapshot.tables() - {table.name for table in store.tables}
    refuse_forgotten(unknown, store.lineages)
    return Manifest(
        kind=parts.INSTANCE if site_id is None else parts.SITE,
        folkmoot=version("folkmoot"),
        revisions=await snapshot.revisions(store.lineages),
        sites=_site_parts(await snapshot.sites(), site_id),
        tables=written,
        members={},
        left_out=tuple(sorted(unknown)) if site_id is None else (),
    )


def _site_parts(rows: Sequence[Any], site_id: UUID | None) -> tuple[SitePart, ...]:
    found = tuple(
        SitePart(str(row["id"]), row["slug"], row["name"]) for row in rows if site_id is None or row["id"] == site_id
    )
    if site_id is not None and not found:
        raise NotFound("The site is not there any more.")
    return found


async def _write_table(
    archive: Archive, snapshot: Snapshot, table: sa.Table, site_id: UUID | None, named: set[Named]
) -> TablePart:
    people = site_id is not None and table.name == MEMBERSHIP
    lines = snapshot.members(site_id) if people and site_id else snapshot.lines(table, site_id)
    rows = 0
    with archive.part(parts.table_member(table.name)) as part:
        async for line in lines:
            part.write(_alone(line) if site_id is not None and table.name == SITE else line)
            rows += 1
            found = named_in(table, line)
            if found is not None:
                named.add(found)
    return TablePart(rows, MEMBER_COLUMNS if people else columns_of(table))


def _alone(line: bytes) -> bytes:
    """Return the row of a site without its parent, which does not travel with it."""
    return canonical({**json.loads(line), "parent_id": None}) + b"\n"


async def _write_files(store: Store, archive: Archive, named: set[Named]) -> tuple[str, ...]:
    """Write the content of each file once; return the hashes of what has gone since the rows were read."""
    if named and store.files is None:
        raise Refused("There are files, and nothing says where they are kept: see files.url.")
    missing: list[str] = []
    owners = {sha256: site_id for site_id, sha256 in sorted(named, key=lambda pair: (pair[1], pair[0].hex))}
    for sha256, site_id in owners.items():
        assert store.files is not None
        if await store.files.find(site_id, sha256) is None:
            missing.append(sha256)
            continue
        member = parts.file_member(sha256)
        with archive.part(member, packed=False) as part:
            async for piece in store.files.read(site_id, sha256):
                part.write(piece)
        if archive.members[member].sha256 != sha256:
            raise FolkmootError(f"The stored file {sha256} is damaged: put it right first. No backup was written.")
    if owners:
        store.tell(f"files: {len(owners) - len(missing)}")
    return tuple(missing)
