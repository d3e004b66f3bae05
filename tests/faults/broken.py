"""``folkmoot`` with one thing broken on purpose: ``python broken.py NAME serve …``. Checks must be seen failing."""

import asyncio
import sys
from typing import Any

# How much too late the commit comes, and how long an answer is held back after it.
TOO_LATE, HELD_BACK = 2.0, 0.25


def acknowledges_early() -> None:
    """Answer before the commit."""
    from folkmoot.store import postgres_writer, sqlite_writer

    saving = set()

    def early(save: Any) -> Any:
        async def promise(self: Any, change: Any) -> None:
            async def later() -> None:
                await asyncio.sleep(TOO_LATE)
                await save(self, change)

            saving.add(asyncio.ensure_future(later()))

        return promise

    for writer in (sqlite_writer.SqliteWriter, postgres_writer.PostgresWriter):
        writer.save = early(writer.save)  # type: ignore[method-assign]


def forgets_keys() -> None:
    """Take every submission for a new one; the answer comes late, so that kills fall between commit and answer."""
    from dataclasses import replace

    from folkmoot.forms import submissions
    from folkmoot.kernel.ids import new_secret
    from folkmoot.store import postgres_writer, sqlite_writer

    change_of: Any = submissions._change

    def keyless(site_id: Any, form: Any, answers: Any, sending: Any, receipt: Any, event: str) -> Any:
        return change_of(site_id, form, answers, replace(sending, key=new_secret()), receipt, event)

    def late(save: Any) -> Any:
        async def saved(self: Any, change: Any) -> None:
            await save(self, change)
            await asyncio.sleep(HELD_BACK)

        return saved

    submissions._change = keyless
    for writer in (sqlite_writer.SqliteWriter, postgres_writer.PostgresWriter):
        writer.save = late(writer.save)  # type: ignore[method-assign]


def skips_the_disk() -> None:
    """Leave SQLite's commits to the operating system."""
    from folkmoot.store import sqlite

    pragmas = sqlite._pragmas

    def careless(connection: Any) -> None:
        pragmas(connection)
        connection.execute("pragma synchronous=off").close()

    sqlite._pragmas = careless


if __name__ == "__main__":
    globals()[sys.argv.pop(1)]()
    from folkmoot.cli.main import main

    main()
