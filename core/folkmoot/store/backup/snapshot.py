"""One consistent reading of the whole database, while others go on writing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from folkmoot.store.backup.rules import JOB, MEMBERSHIP, SITE, USER
from folkmoot.store.backup.values import columns_of, kind_of, line_of
from folkmoot.store.database import Database
from folkmoot.store.jobs.models import DONE, QUEUED, RUNNING
from folkmoot.store.jobs.schedules import KEY as SCHEDULED
from folkmoot.store.migrations.lineage import Lineage
from folkmoot.store.search.indexing import INDEX_JOB

AT_ONCE = 500
# How a site's file tells of a person: enough to make an account, not enough to sign in with.
MEMBER_COLUMNS = {"site_id": "uuid", "user_id": "uuid", "email": "text", "role": "text"}
# What SQLite and Alembic keep, and what search makes again from the rest.
OF_THE_DATABASE = ("sqlite_", "alembic_version", "fts_")
FIRST_STATE = {"state": QUEUED, "worker": ""}


class Snapshot:
    """The rows as they were at one instant."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lines(self, table: sa.Table, site_id: UUID | None) -> AsyncIterator[bytes]:
        """Yield the rows of a table, or those of one site in it, as lines in the order of the key."""
        columns = columns_of(table)
        query = sa.select(*(table.c[name] for name in columns)).order_by(*self._key(table))
        if site_id is not None:
            query = query.where(site_column(table) == site_id)
        if table.name == JOB:
            query = query.where(_to_be_done(table))
        async for row in self._rows(query):
            yield line_of(_as_it_starts(row) if table.name == JOB else row, columns)

    async def members(self, site_id: UUID) -> AsyncIterator[bytes]:
        """Yield the people of a site: who they are and what they may do, nothing that they sign in with."""
        member, user = SQLModel.metadata.tables[MEMBERSHIP], SQLModel.metadata.tables[USER]
        query = (
            sa.select(member.c.site_id, member.c.user_id, member.c.role, user.c.email)
            .join_from(member, user, member.c.user_id == user.c.id)
            .where(member.c.site_id == site_id)
            .order_by(member.c.user_id)
        )
        async for row in self._rows(query):
            yield line_of(row, MEMBER_COLUMNS)

    async def count(self, table: sa.Table, site_id: UUID | None) -> int:
        """Return how many rows a table has, or how many of a site."""
        query = sa.select(sa.func.count()).select_from(table)
        if site_id is not None:
            query = query.where(site_column(table) == site_id)
        return int((await self._connection.execute(query)).scalar_one())

    async def sites(self) -> Sequence[Mapping[str, Any]]:
        """Return id, slug and name of every site, by slug."""
        site = SQLModel.metadata.tables[SITE]
        query = sa.select(site.c.id, site.c.slug, site.c.name)
        found: list[Mapping[str, Any]] = [dict(row) for row in (await self._connection.execute(query)).mappings()]
        return sorted(found, key=lambda row: str(row["slug"]))

    async def revisions(self, lineages: Sequence[Lineage]) -> dict[str, str]:
        """Return the newest migration that the database has had of each lineage."""
        found = {}
        for lineage in lineages:
            version = sa.table(lineage.version_table, sa.column("version_num"))
            if lineage.head() is not None:
                row = (await self._connection.execute(sa.select(version.c.version_num))).scalar_one_or_none()
                found[lineage.name] = str(row)
        return found

    async def tables(self) -> set[str]:
        """Return the names of the tables that the database has, without those that the database keeps for itself."""
        if self._connection.dialect.name == "sqlite":
            query = sa.text("select name from pragma_table_list where schema = 'main' and type = 'table'")
            names = {str(name) for name in (await self._connection.execute(query)).scalars()}
        else:
            names = set(await self._connection.run_sync(lambda c: sa.inspect(c).get_table_names()))
        return {name for name in names if not name.startswith(OF_THE_DATABASE)}

    def _key(self, table: sa.Table) -> list[Any]:
        """Return the key's columns; text is ordered by its bytes, whatever the database's language is."""
        columns: list[Any] = list(table.primary_key)
        if self._connection.dialect.name != "postgresql":
            return columns
        return [sa.collate(c, "C") if kind_of(c) == "text" else c for c in columns]

    async def _rows(self, query: sa.Select[Any]) -> AsyncIterator[Mapping[str, Any]]:
        async with self._connection.stream(query, execution_options={"yield_per": AT_ONCE}) as result:
            async for row in result.mappings():
                yield row


def site_column(table: sa.Table) -> sa.Column[Any]:
    """Return the column that says whose a row is."""
    return table.c.id if table.name == SITE else table.c.site_id


def _to_be_done(job: sa.Table) -> sa.ColumnElement[bool]:
    """Choose the jobs that travel: not what is done, nor what schedules and every import ask for by themselves.

    A job that runs while the same was asked for again is left out too: both would wait then, and only one may.
    """
    twin = job.alias()
    again = sa.or_(twin.c.state == QUEUED, sa.and_(twin.c.state == RUNNING, twin.c.id < job.c.id))
    same = (twin.c.site_id == job.c.site_id) & (twin.c.name == job.c.name) & (twin.c.key == job.c.key)
    twice = (job.c.state == RUNNING) & (job.c.key != "") & sa.exists().where(same & again)
    return (job.c.state != DONE) & (job.c.name != INDEX_JOB) & (job.c.key != SCHEDULED) & ~twice


def _as_it_starts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a job that runs as one that waits: nobody runs it where the file is read."""
    return {**row, **FIRST_STATE} if row["state"] == RUNNING else row


@asynccontextmanager
async def open_snapshot(database: Database) -> AsyncIterator[Snapshot]:
    """Begin to read. What is committed from now on is not seen; nobody waits for the reader."""
    engine = database.system_engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with engine.connect() as connection:
        # The instant is that of the first look.
        await connection.execute(sa.select(SQLModel.metadata.tables[SITE].c.id).limit(1))
        yield Snapshot(connection)
