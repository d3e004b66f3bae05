"""What migrations there are, and which the database has seen: without importing Alembic, for a quick start."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lineage:
    """The migrations of core or of one plugin: files ``0001_….py`` whose revision is ``<name>_0001``."""

    name: str
    package: str

    @property
    def folder(self) -> Path:
        """The folder of the migration files."""
        spec = find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"there is no package {self.package}")
        return Path(next(iter(spec.submodule_search_locations))) / "migrations" / "versions"

    @property
    def version_table(self) -> str:
        """The table that holds which revision the database has."""
        return f"alembic_version_{self.name}"

    @property
    def prefix(self) -> str:
        """What the names of its tables start with."""
        return f"{self.name}_"

    def head(self) -> str | None:
        """Return the newest revision, or ``None`` when there are no migrations."""
        numbers = sorted(path.name[:4] for path in self.folder.glob("[0-9][0-9][0-9][0-9]_*.py"))
        return f"{self.name}_{numbers[-1]}" if numbers else None


CORE_LINEAGE = Lineage("core", "folkmoot")


def current(connection: sqlite3.Connection, lineage: Lineage) -> str | None:
    """Return the revision that the database has, or ``None``."""
    try:
        row = connection.execute(f"select version_num from {lineage.version_table}").fetchone()  # noqa: S608
    except sqlite3.OperationalError:
        return None
    return str(row[0]) if row else None


def pending(path: str, lineages: Iterable[Lineage]) -> Sequence[Lineage]:
    """Return the lineages whose newest migration the SQLite file at ``path`` has not seen."""
    if not Path(path).is_file():
        return [lineage for lineage in lineages if lineage.head()]
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return [lineage for lineage in lineages if lineage.head() != current(connection, lineage)]
    finally:
        connection.close()
