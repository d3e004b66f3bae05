"""Runs migrations, each lineage in one transaction under the write lock, so that processes may try at once."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from folkmoot.kernel.settings import DatabaseUrls
from folkmoot.store.migrations.lineage import Lineage

T = TypeVar("T")


def _engine(path: str) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        # SQLite alters a table by making it anew: with foreign keys on, that would delete what refers to it.
        for pragma in ("busy_timeout=60000", "journal_mode=wal", "synchronous=full", "foreign_keys=off"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("begin immediate")

    return engine


def _on_sqlite(path: str, work: Callable[[sa.Connection], T]) -> T:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with _engine(path).begin() as connection:
        done = work(connection)
        broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} rows without what they refer to")
        return done


def _in_transaction(urls: DatabaseUrls, work: Callable[[sa.Connection], T]) -> T:
    """Run work in one transaction of the owner, alone."""
    if urls.dialect == "sqlite":
        return _on_sqlite(urls.path, work)
    from folkmoot.store.migrations.postgres import on_connection

    return on_connection(urls.owner, work)


def _config(lineage: Lineage, connection: sa.Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(lineage.folder))
    config.attributes.update(connection=connection, lineage=lineage)
    return config


def upgrade(urls: DatabaseUrls, lineages: Sequence[Lineage], tell: Callable[[str], object] = str) -> None:
    """Bring core and then each plugin to its newest revision; doing it again changes nothing."""
    for lineage in lineages:
        if lineage.head() is None:
            continue
        _in_transaction(urls, partial(_upgrade, urls, lineage))
        tell(f"{lineage.name}: {lineage.head()}")


def _upgrade(urls: DatabaseUrls, lineage: Lineage, connection: sa.Connection) -> None:
    from alembic import command

    command.upgrade(_config(lineage, connection), "head")
    if urls.dialect == "postgresql":
        from folkmoot.store.migrations.postgres import secure

        secure(connection, lineage, urls)


def undo(urls: DatabaseUrls, lineage: Lineage) -> None:
    """Take a plugin's tables away, its version table included: the schema is then as if it had never been there."""

    def work(connection: sa.Connection) -> None:
        from alembic import command

        command.downgrade(_config(lineage, connection), "base")
        connection.exec_driver_sql(f"drop table if exists {lineage.version_table}")

    _in_transaction(urls, work)


def revise(urls: DatabaseUrls, lineage: Lineage, number: str, message: str) -> Path:
    """Write the migration that takes the database to the tables as they now are; return its file."""

    def work(connection: sa.Connection) -> Path:
        from alembic import command

        script: Any = command.revision(
            _config(lineage, connection),
            message=message,
            autogenerate=True,
            rev_id=f"{lineage.name}_{number}",
            version_path=str(lineage.folder),
        )
        return Path(script.path)

    made = _in_transaction(urls, work)
    slug = "_".join(message.lower().split())
    return made.rename(made.with_name(f"{number}_{slug}.py"))


def drift(urls: DatabaseUrls, lineage: Lineage) -> list[Any]:
    """Return what the tables as written differ by from the database, as Alembic's operations."""

    def work(connection: sa.Connection) -> list[Any]:
        from alembic.autogenerate import compare_metadata
        from alembic.runtime.migration import MigrationContext
        from sqlmodel import SQLModel

        from folkmoot.store.migrations.environment.options import options

        context = MigrationContext.configure(connection, opts=options(lineage))
        return list(compare_metadata(context, SQLModel.metadata))

    return _in_transaction(urls, work)


def schema(urls: DatabaseUrls) -> list[tuple[str, ...]]:
    """Return everything that the database says of its schema, sorted: to compare before and after."""
    return _in_transaction(urls, _schema)


def _schema(connection: sa.Connection) -> list[tuple[str, ...]]:
    texts = [SQLITE_SCHEMA] if connection.dialect.name == "sqlite" else POSTGRESQL_SCHEMA
    found = [row for text in texts for row in connection.exec_driver_sql(text)]
    return sorted(tuple(str(value) for value in row) for row in found)


SQLITE_SCHEMA = "select type, name, tbl_name, sql from sqlite_master"
POSTGRESQL_SCHEMA = (
    "select 'column', table_name, column_name, data_type, is_nullable, column_default"
    " from information_schema.columns where table_schema = current_schema",
    "select 'index', tablename, indexname, indexdef from pg_indexes where schemaname = current_schema",
    "select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = current_schema::regnamespace",
    "select 'policy', tablename, policyname, roles::text, qual, with_check from pg_policies"
    " where schemaname = current_schema",
    "select 'grant', table_name, grantee, privilege_type from information_schema.role_table_grants"
    " where table_schema = current_schema",
)
