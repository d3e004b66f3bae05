"""A file as it is read: nothing of it is believed before it has been checked, and nothing is unpacked to a disk."""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from folkmoot.store.backup.faults import UnusableFile
from folkmoot.store.backup.manifest import (
    FORMAT,
    MANIFEST,
    SITE,
    Manifest,
    read_manifest,
    table_member,
)
from folkmoot.store.backup.rules import MEMBERSHIP, in_backup, in_export
from folkmoot.store.backup.snapshot import MEMBER_COLUMNS
from folkmoot.store.backup.values import LONGEST_LINE, BadValue, Values, columns_of, values_of
from folkmoot.store.migrations.lineage import Lineage

NAME = re.compile(r"tables/[a-z][a-z0-9_]{0,62}\.jsonl|files/[0-9a-f]{64}|manifest\.json|README\.txt")
LONGEST_MANIFEST = 16 << 20
# Rows carry random identifiers: 200,000 answers that are all alike pack to a thirtieth. Nothing of ours packs to this.
MOST_PACKED, PACKED_FROM = 400, 64 << 20
PIECE = 1 << 20
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Package:
    """A file of ours, open for reading; ``check`` comes before anything else."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self.name = name
        self.manifest = self._read_manifest()

    @property
    def files(self) -> Sequence[str]:
        """The SHA-256 of each file in the package."""
        return sorted(name.partition("/")[2] for name in self.manifest.members if name.startswith("files/"))

    def check(self, tables: Sequence[sa.Table], lineages: Sequence[Lineage]) -> None:
        """Read everything once; raises ``UnusableFile`` with the first thing that is wrong."""
        self._check_versions(lineages)
        self._check_members()
        self._check_tables(tables)
        for name, member in sorted(self.manifest.members.items()):
            self._check_member(name, member.bytes, member.sha256)
        for table in self.tables(tables):
            rows = sum(1 for _ in self.rows(table))
            if rows != self.manifest.tables[table.name].rows:
                raise UnusableFile(
                    f"{self.name} is damaged: {table.name} has {rows} rows, "
                    f"and the manifest says {self.manifest.tables[table.name].rows}."
                )

    def tables(self, tables: Sequence[sa.Table]) -> Sequence[sa.Table]:
        """Return which of an instance's tables are in the file, each after those that it refers to."""
        return [table for table in self._travelling(tables) if table.name in self.manifest.tables]

    def _travelling(self, tables: Sequence[sa.Table]) -> Sequence[sa.Table]:
        return in_export(tables) if self.manifest.kind == SITE else in_backup(tables)

    def rows(self, table: sa.Table) -> Iterator[Values]:
        """Yield the rows of a table, each value as the column takes it."""
        columns = self.columns(table)
        with self._open(table_member(table.name)) as stream:
            for number, line in enumerate(_lines(stream), 1):
                try:
                    yield values_of(_parsed(line), columns)
                except BadValue as fault:
                    raise UnusableFile(f"{self.name} cannot be used: row {number} of {table.name}: {fault}.") from None

    def columns(self, table: sa.Table) -> Mapping[str, str]:
        """Return the columns of a table as they are in this file."""
        people = self.manifest.kind == SITE and table.name == MEMBERSHIP
        return MEMBER_COLUMNS if people else columns_of(table)

    def pieces(self, member: str) -> Iterator[bytes]:
        """Yield the content of a member."""
        with self._open(member) as stream:
            while piece := stream.read(PIECE):
                yield piece

    def _read_manifest(self) -> Manifest:
        try:
            info = self._archive.getinfo(MANIFEST)
        except KeyError:
            raise UnusableFile(f"{self.name} is no backup or export of Folkmoot: it has no {MANIFEST}.") from None
        if info.file_size > LONGEST_MANIFEST:
            raise UnusableFile(f"{self.name} is damaged: its {MANIFEST} is too long.")
        with self._open(MANIFEST) as stream:
            return read_manifest(stream.read(LONGEST_MANIFEST))

    def _check_versions(self, lineages: Sequence[Lineage]) -> None:
        if self.manifest.format != FORMAT:
            raise UnusableFile(
                f"{self.name} has format {self.manifest.format} and this version of Folkmoot reads format {FORMAT}: "
                "use the version that wrote it."
            )
        here = {lineage.name: lineage.head() for lineage in lineages if lineage.head()}
        absent = sorted(self.manifest.revisions.keys() - here.keys())
        if absent:
            raise UnusableFile(
                f"{self.name} has rows of {', '.join(absent)}, which is not active here: add it to plugins.active."
            )
        for name, revision in sorted(self.manifest.revisions.items()):
            if revision != here[name]:
                raise UnusableFile(
                    f"{self.name} was written by Folkmoot {self.manifest.folkmoot} at {revision} and this instance is "
                    f"at {here[name]}: read it with that version, then bring the instance up to date."
                )

    def _check_members(self) -> None:
        names = [info.filename for info in self._archive.infolist()]
        strange = [name for name in names if not NAME.fullmatch(name)]
        if strange:
            raise UnusableFile(f"{self.name} cannot be used: {_shown(strange[0])} is no name of a part of ours.")
        if len(set(names)) != len(names):
            raise UnusableFile(f"{self.name} cannot be used: it has two parts of one name.")
        promised = {*self.manifest.members, MANIFEST}
        for name in sorted(promised ^ set(names)):
            said = "is missing" if name in promised else "is not in the manifest"
            raise UnusableFile(f"{self.name} is damaged: {_shown(name)} {said}.")
        for info in self._archive.infolist():
            if info.file_size > PACKED_FROM and info.file_size > MOST_PACKED * max(info.compress_size, 1):
                raise UnusableFile(f"{self.name} cannot be used: {info.filename} is made to fill a memory or a disk.")

    def _check_tables(self, tables: Sequence[sa.Table]) -> None:
        wanted = {table.name: table for table in self._travelling(tables)}
        parts = [name for name in self.manifest.members if name.startswith("tables/")]
        held = {name.removeprefix("tables/").removesuffix(".jsonl") for name in parts}
        for name in sorted(held | self.manifest.tables.keys()):
            if name not in wanted:
                raise UnusableFile(f"{self.name} cannot be used: there is no table {_shown(name)} here.")
        for name, table in sorted(wanted.items()):
            part = self.manifest.tables.get(name)
            if part is None or name not in held:
                # A plugin that is active here and was not there has had no rows.
                if self._lineage_of(name):
                    raise UnusableFile(f"{self.name} is damaged: the table {name} is missing.")
                continue
            if dict(part.columns) != dict(self.columns(table)):
                odd = min(set(part.columns.items()) ^ set(self.columns(table).items()))[0]
                raise UnusableFile(f"{self.name} cannot be used: {name} has a column {_shown(odd)} unlike here.")

    def _lineage_of(self, table: str) -> bool:
        return any(table.startswith(f"{lineage}_") for lineage in self.manifest.revisions)

    def _check_member(self, name: str, size: int, sha256: str) -> None:
        seen, digest = 0, hashlib.sha256()
        for piece in self.pieces(name):
            seen += len(piece)
            digest.update(piece)
        named_by_content = not name.startswith("files/") or name == f"files/{sha256}"
        if seen != size or digest.hexdigest() != sha256 or not named_by_content:
            raise UnusableFile(f"{self.name} is damaged: {name} is not what was written.")

    @contextmanager
    def _open(self, member: str) -> Iterator[IO[bytes]]:
        try:
            with self._archive.open(member) as stream:
                yield stream
        except UNREADABLE as error:
            raise UnusableFile(f"{self.name} is damaged: {member} cannot be read.") from error


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a file; raises ``UnusableFile`` when it is none of ours."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise UnusableFile(f"There is no file {path}.") from None
    except UNREADABLE as error:
        raise UnusableFile(f"{path} cannot be read: it is cut short, or it is no zip archive.") from error
    with archive:
        yield Package(archive, str(path))


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise ValueError("a line does not end")
        yield line


def _parsed(line: bytes) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadValue("it is not JSON") from None
    if not isinstance(row, dict):
        raise BadValue("it is not an object")
    return row


def _shown(name: str) -> str:
    return repr(name[:80])
