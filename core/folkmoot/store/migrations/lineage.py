"""What migrations there are, and which the database has seen: without importing Alembic, for a quick start."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.spec.errors import Unavailable


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


def current(urls: DatabaseUrls, lineages: Iterable[Lineage]) -> Mapping[str, str | None]:
    """Return the revision that the database has of each lineage, or ``None``."""
    tables = {lineage.name: lineage.version_table for lineage in lineages}
    if urls.dialect == "sqlite":
        return _current_on_sqlite(urls.path, tables)
    from folkmoot.store.migrations.postgres import current_versions

    return current_versions(urls, tables)


def _current_on_sqlite(path: str, tables: Mapping[str, str]) -> dict[str, str | None]:
    if not Path(path).is_file():
        return dict.fromkeys(tables)
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        there = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
        found: dict[str, str | None] = dict.fromkeys(tables)
        for name, table in tables.items():
            row = connection.execute(f"select version_num from {table}").fetchone() if table in there else None  # noqa: S608
            found[name] = str(row[0]) if row else None
        return found
    except sqlite3.OperationalError as error:
        raise Unavailable(f"The database {path} cannot be read: see that its folder may be written to.") from error
    finally:
        connection.close()


def pending(urls: DatabaseUrls, lineages: Iterable[Lineage]) -> Sequence[Lineage]:
    """Return the lineages whose newest migration the database has not seen."""
    wanted = list(lineages)
    has = current(urls, wanted)
    return [lineage for lineage in wanted if lineage.head() != has[lineage.name]]
