"""PostgreSQL: three roles, one site at a time for the one that serves pages, row-level security as the second wall."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction

from folkmoot.kernel.settings import POSTGRESQL, DatabaseUrls
from folkmoot.spec.errors import Busy, ConfigurationFaults, Malformed, Unavailable
from folkmoot.store.database import Database, SyncSystemSession
from folkmoot.store.locks import SYSTEM, TURN, lock_key
from folkmoot.store.postgres_writer import UNREACHABLE, PostgresWriter
from folkmoot.store.scoping import SyncSiteSession

CONNECT_SECONDS = 5
# A statement for a page that takes longer has lost its reader long ago; work for the system may take its time.
PAGE_SECONDS, SYSTEM_SECONDS = 20, 60
SETTINGS = {"application_name": "folkmoot", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
# SQLSTATE classes and codes of a server that is gone, going, full or read-only.
GONE = ("08", "57P", "53", "25006")
# A lock not had in time, two that waited for each other.
CROWDED = ("55P03", "40P01")
# A sign that no text of the database can hold, such as NUL.
UNSTORABLE = ("22021", "22P05")
NO_SUCH_SIGN = "What was sent holds a character that cannot be stored."
WAIT = "Somebody else is saving at this moment. Try again in a minute."


def async_url(url: str) -> str:
    """Return a URL with the driver that we use."""
    return url.replace(POSTGRESQL, "postgresql+asyncpg://", 1)


def create_engine(url: str, pool: int, seconds: int) -> AsyncEngine:
    """Return an engine with pooled connections."""
    return create_async_engine(
        async_url(url),
        hide_parameters=True,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=10,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": seconds,
            "server_settings": SETTINGS,
        },
    )


@event.listens_for(SyncSiteSession, "after_begin")
def _enter_site(session: Session, transaction: SessionTransaction, connection: sa.Connection) -> None:  # noqa: ARG001
    """Tell the second wall which site this transaction is of; a writer also waits for its turn on the site."""
    if connection.dialect.name != "postgresql":
        return
    site_id: UUID = session.info["site_id"]
    entered = "select set_config('app.site_id', $1, true)"
    if session.info.get("writes"):
        values = (str(site_id), TURN, lock_key(site_id))
        connection.exec_driver_sql(f"{entered}, pg_advisory_xact_lock($2, $3)", values)
    else:
        connection.exec_driver_sql(entered, (str(site_id),))


@event.listens_for(SyncSystemSession, "after_begin")
def _take_turn(session: Session, transaction: SessionTransaction, connection: sa.Connection) -> None:  # noqa: ARG001
    if connection.dialect.name == "postgresql" and session.info.get("writes"):
        connection.exec_driver_sql("select pg_advisory_xact_lock($1, 0)", (SYSTEM,))


class PostgresDatabase(Database):
    """A PostgreSQL database, its engines and its writer."""

    def __init__(self, urls: DatabaseUrls, pool: int = 10) -> None:
        self.urls = urls
        app = create_engine(urls.app, pool, PAGE_SECONDS)
        system = create_engine(urls.system, max(2, pool // 2), SYSTEM_SECONDS)
        super().__init__(app, app, system, system, PostgresWriter(urls.system))

    def exists(self) -> bool:
        """Say that it is there: who does not reach it is told so."""
        return True

    async def open(self) -> None:
        """Start the writer, once the role that serves sites is known to be held by the policies."""
        async with self._guard(), self.engine.connect() as connection:
            faults = list((await connection.exec_driver_sql(ROLE_FAULTS)).scalars())
        if faults:
            raise ConfigurationFaults(
                [f"database.url: its role {fault}: rows of all sites would be open to it." for fault in faults]
            )
        await self.writer.open()

    @asynccontextmanager
    async def _turn(self, site: UUID | None, *, shared: bool) -> AsyncIterator[None]:  # noqa: ARG002
        # The lock is taken in the transaction, where it also holds against other processes.
        yield

    def told(self, error: Exception) -> Exception | None:
        """Return an error of ours for a server that cannot be reached, or a lock that is not to be had."""
        if isinstance(
            error, (ConnectionError, socket.gaierror, TimeoutError, PoolTimeout, asyncpg.InternalClientError)
        ):
            return Unavailable(UNREACHABLE)
        state = getattr(getattr(error, "orig", None), "sqlstate", None) or getattr(error, "sqlstate", None) or ""
        if getattr(error, "connection_invalidated", False) or state.startswith(GONE):
            return Unavailable(UNREACHABLE)
        if state in UNSTORABLE:
            return Malformed(NO_SUCH_SIGN)
        return Busy(WAIT) if state in CROWDED else None


ROLE_FAULTS = """
select 'is a superuser' from pg_roles where rolname = current_user and rolsuper
union all
select 'may bypass row-level security' from pg_roles where rolname = current_user and rolbypassrls
union all
select 'owns tables' where exists (
  select from pg_class where relkind in ('r', 'p') and relnamespace = current_schema::regnamespace
  and pg_has_role(current_user, relowner, 'member'))
"""
