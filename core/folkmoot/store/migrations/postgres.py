"""PostgreSQL's side of migrations: the connection, and the second wall around every table.

The policies are by role and nothing is forced on the owner: a forced owner's data migration changes no row and says
nothing (see ADR 0013). They are derived from the tables, after each run: a migration cannot forget them.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.spec.errors import ConfigurationFaults, Unavailable
from folkmoot.store.migrations.lineage import Lineage
from folkmoot.store.postgres import async_url

T = TypeVar("T")
# Held for the length of a lineage's transaction, so that processes may try at once.
MIGRATIONS = 7300
THIS_SITE = "site_id = (select nullif(current_setting('app.site_id', true), '')::uuid)"
SECONDS = 5
# No such role, a wrong password; no such database; a role that may not do this.
REFUSED = ("28", "3D", "42501")


def role_of(url: str) -> str:
    """Return the role that a URL signs in as; raises ``ConfigurationFaults`` when it names none."""
    role = unquote(urlsplit(url).username or "")
    if not role:
        raise ConfigurationFaults(["Each PostgreSQL URL must name its role: postgresql://ROLE:PASSWORD@HOST/NAME."])
    return role


def in_own_loop(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end from anywhere, also from inside a running event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


def on_connection(url: str, work: Callable[[sa.Connection], T]) -> T:
    """Run synchronous work in one transaction of a PostgreSQL database, one process at a time."""

    async def run() -> T:
        engine = create_async_engine(
            async_url(url), poolclass=sa.NullPool, hide_parameters=True, connect_args={"timeout": SECONDS}
        )
        try:
            async with engine.begin() as connection:
                await connection.exec_driver_sql("select pg_advisory_xact_lock($1)", (MIGRATIONS,))
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    return _reaching(run)


def current_versions(urls: DatabaseUrls, tables: Mapping[str, str]) -> dict[str, str | None]:
    """Return what the version tables hold, by name of lineage."""
    import asyncpg

    async def run() -> dict[str, str | None]:
        connection = await asyncpg.connect(urls.system, timeout=SECONDS)
        try:
            there = {
                row[0]
                for row in await connection.fetch("select tablename from pg_tables where schemaname = current_schema")
            }
            return {
                name: await connection.fetchval(f"select version_num from {table}") if table in there else None
                for name, table in tables.items()
            }
        finally:
            await connection.close()

    return _reaching(run)


def _reaching(run: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return in_own_loop(run)
    except (OSError, TimeoutError) as error:
        raise Unavailable(
            "The database cannot be reached: see that PostgreSQL runs where database.url says."
        ) from error
    except Exception as error:
        cause = error if hasattr(error, "sqlstate") else getattr(error, "orig", None)
        if str(getattr(cause, "sqlstate", "")).startswith(REFUSED):
            # The last part names a role or a database, never a password.
            said = str(cause).splitlines()[0].rpartition(": ")[2]
            raise Unavailable(f"PostgreSQL refuses: {said}. “folkmoot db roles” prints what makes the roles.") from None
        raise


def secure(connection: sa.Connection, lineage: Lineage, urls: DatabaseUrls) -> None:
    """Put the second wall around every table of a lineage; doing it again changes nothing."""
    app, system = role_of(urls.app), role_of(urls.system)
    quote = connection.dialect.identifier_preparer.quote
    inspector = sa.inspect(connection)
    for table in inspector.get_table_names():
        if table == lineage.version_table:
            connection.exec_driver_sql(f"grant select on {quote(table)} to {quote(system)}")
        elif table.startswith(lineage.prefix):
            scoped = any(column["name"] == "site_id" for column in inspector.get_columns(table))
            for statement in _wall(quote(table), quote(app), quote(system), scoped=scoped):
                connection.exec_driver_sql(statement)


def _wall(table: str, app: str, system: str, *, scoped: bool) -> Iterator[str]:
    yield f"alter table {table} enable row level security"
    yield f"grant select, insert, update, delete on {table} to {system}"
    yield f"drop policy if exists all_sites on {table}"
    yield f"create policy all_sites on {table} to {system} using (true) with check (true)"
    yield f"drop policy if exists one_site on {table}"
    if scoped:
        yield f"grant select, insert, update, delete on {table} to {app}"
        yield f"create policy one_site on {table} to {app} using ({THIS_SITE}) with check ({THIS_SITE})"
    else:
        # Tables of the instance, such as hosts and accounts, are none of a site's business.
        yield f"revoke all on {table} from {app}"
