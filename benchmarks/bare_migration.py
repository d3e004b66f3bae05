"""The limit of a first migration: one Alembic script that runs the same statements, in a process of its own.

``python -m benchmarks.bare_migration URL FOLDER``; the folder holds ``statements.json`` and is made into Alembic's.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

ENVIRONMENT = """
from alembic import context
context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
"""
SCRIPT = """
import json
from pathlib import Path
from alembic import op
revision, down_revision = "1", None
def upgrade():
    for statement in json.loads((Path(__file__).parents[1] / "statements.json").read_text()):
        op.get_bind().exec_driver_sql(statement)
"""


def main(url: str, folder: Path) -> None:
    """Run the statements on an empty database."""
    (folder / "versions").mkdir(exist_ok=True)
    (folder / "env.py").write_text(ENVIRONMENT, encoding="utf-8")
    (folder / "versions" / "all.py").write_text(SCRIPT, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    if url.startswith("sqlite:"):
        _on_sqlite(url, config)
    else:
        asyncio.run(_on_postgresql(url.replace("postgresql://", "postgresql+asyncpg://", 1), config))


def _on_sqlite(url: str, config: Config) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    @sa.event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:  # noqa: ARG001
        connection.isolation_level = None
        for pragma in ("journal_mode=wal", "synchronous=full"):
            connection.execute(f"pragma {pragma}")

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("begin immediate")

    with engine.begin() as connection:
        _upgrade(connection, config)


async def _on_postgresql(url: str, config: Config) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url, poolclass=sa.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, config)
    await engine.dispose()


def _upgrade(connection: sa.Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
