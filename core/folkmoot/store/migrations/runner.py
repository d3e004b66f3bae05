"""Runs migrations, each lineage in one transaction under the write lock, so that processes may try at once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from folkmoot.store.migrations.lineage import Lineage


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


@contextmanager
def _transaction(path: str) -> Iterator[sa.Connection]:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with _engine(path).begin() as connection:
        yield connection
        broken = connection.exec_driver_sql("pragma foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} rows without what they refer to")


def _config(lineage: Lineage, connection: sa.Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(lineage.folder))
    config.attributes.update(connection=connection, lineage=lineage)
    return config


def upgrade(path: str, lineages: Sequence[Lineage], tell: Callable[[str], object] = str) -> None:
    """Bring core and then each plugin to its newest revision; doing it again changes nothing."""
    from alembic import command

    for lineage in lineages:
        if lineage.head() is None:
            continue
        with _transaction(path) as connection:
            command.upgrade(_config(lineage, connection), "head")
        tell(f"{lineage.name}: {lineage.head()}")


def undo(path: str, lineage: Lineage) -> None:
    """Take a plugin's tables away, its version table included: the schema is then as if it had never been there."""
    from alembic import command

    with _transaction(path) as connection:
        command.downgrade(_config(lineage, connection), "base")
        connection.exec_driver_sql(f"drop table if exists {lineage.version_table}")


def revise(path: str, lineage: Lineage, number: str, message: str) -> Path:
    """Write the migration that takes the database to the tables as they now are; return its file."""
    from alembic import command

    with _transaction(path) as connection:
        script: Any = command.revision(
            _config(lineage, connection),
            message=message,
            autogenerate=True,
            rev_id=f"{lineage.name}_{number}",
            version_path=str(lineage.folder),
        )
    made = Path(script.path)
    slug = "_".join(message.lower().split())
    return made.rename(made.with_name(f"{number}_{slug}.py"))


def drift(path: str, lineage: Lineage) -> list[Any]:
    """Return what the tables as written differ by from the database, as Alembic's operations."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    from sqlmodel import SQLModel

    from folkmoot.store.migrations.environment.options import options

    with _engine(path).connect() as connection:
        context = MigrationContext.configure(connection, opts=options(lineage))
        return list(compare_metadata(context, SQLModel.metadata))


def schema(path: str) -> list[tuple[str, ...]]:
    """Return everything that the database says of its schema, sorted: to compare before and after."""
    with _engine(path).connect() as connection:
        rows = connection.exec_driver_sql("select type, name, tbl_name, sql from sqlite_master order by 1, 2")
        return [tuple(str(value) for value in row) for row in rows]
