"""Putting the rows of a file into the database: everything in one transaction, or one site in small pieces."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from folkmoot.store.backup.faults import UnusableFile
from folkmoot.store.backup.package import Package
from folkmoot.store.backup.removing import Pace
from folkmoot.store.backup.rules import SITE
from folkmoot.store.backup.taking import Store
from folkmoot.store.backup.values import Values
from folkmoot.store.tables import Json

AT_ONCE = 500


async def insert(connection: AsyncConnection, table: sa.Table, rows: Sequence[Values]) -> None:
    """Insert rows; raises ``UnusableFile`` when the database does not take them."""
    if not rows:
        return
    try:
        await connection.execute(_inserting(table, rows[0].keys()), list(rows))
    except DBAPIError as error:
        if error.connection_invalidated or not isinstance(
            error, (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.ProgrammingError)
        ):
            raise
        raise UnusableFile(f"The database does not take rows of {table.name}: {_reason(error)}.") from error


def _reason(error: DBAPIError) -> str:
    """Return what the database says of the fault, without the values of the row."""
    if isinstance(error, sa.exc.IntegrityError):
        return "one is there already, or names something that is not there"
    return "one has a value that this database cannot hold"


def _inserting(table: sa.Table, names: Iterable[str]) -> sa.Insert:
    # What was nothing in the column stays nothing, and does not become JSON's null.
    return sa.insert(table).values(
        {
            name: sa.bindparam(name, type_=_NullableJson() if _nullable_json(table.c[name]) else table.c[name].type)
            for name in names
        }
    )


def _nullable_json(column: sa.Column[Any]) -> bool:
    return bool(column.nullable) and isinstance(column.type, Json)


class _NullableJson(Json):
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return the database's own type, which keeps nothing as nothing."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(sa.JSON(none_as_null=True))
        from sqlalchemy.dialects.postgresql import JSONB

        return dialect.type_descriptor(JSONB(none_as_null=True))


def pieces(rows: Iterator[Values], size: Callable[[], int]) -> Iterator[list[Values]]:
    """Yield rows in lists of a size that may change."""
    while piece := list(islice(rows, size())):
        yield piece


async def load_everything(store: Store, package: Package, connection: AsyncConnection) -> int:
    """Insert all rows of a backup into empty tables, in the caller's transaction; return how many."""
    loaded = 0
    for table in package.tables(store.tables):
        parents: list[Mapping[str, Any]] = []
        for piece in pieces(package.rows(table), lambda: AT_ONCE):
            if table.name == SITE:
                parents += [{"child": row["id"], "parent": row["parent_id"]} for row in piece if row["parent_id"]]
                piece = [{**row, "parent_id": None} for row in piece]  # noqa: PLW2901 (a parent may come after its child)
            await insert(connection, table, piece)
            loaded += len(piece)
        if parents:
            await connection.execute(
                sa.update(table).where(table.c.id == sa.bindparam("child")).values(parent_id=sa.bindparam("parent")),
                parents,
            )
        store.tell(f"{table.name}: {package.manifest.tables[table.name].rows} rows")
    return loaded


async def load_site(
    store: Store, package: Package, tables: Sequence[sa.Table], site_id: UUID, change: Callable[[Values], Values] = dict
) -> dict[str, int]:
    """Insert the rows of one site in small pieces, each kept at once; return how many of each table.

    :param change: what is different here, for rows that name the site
    """
    loaded: dict[str, int] = {}
    for table in [table for table in tables if table.name in package.manifest.tables]:
        pace, count = Pace(), 0
        own = (change(row) for row in package.rows(table) if row.get("site_id") == site_id)
        for piece in pieces(own, lambda pace=pace: pace.rows):  # type: ignore[misc]
            pace.start()
            async with store.database.system_writing() as session:
                await insert(await session.connection(), table, piece)
                await session.commit()
            pace.stop()
            count += len(piece)
        loaded[table.name] = count
        store.tell(f"{table.name}: {count} rows")
    return loaded


def site_row(package: Package, site_id: UUID) -> Values:
    """Return the row of a site itself."""
    for row in package.rows(SQLModel.metadata.tables[SITE]):
        if row["id"] == site_id:
            return row
    raise UnusableFile(f"{package.name} is damaged: the site itself is missing.")
