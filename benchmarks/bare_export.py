"""The limit of an export: the same rows to the same CSV, by the driver alone, in a process of its own.

``python -m benchmarks.bare_export URL FILE``; cells are written as they are, times without a time zone of their own.
"""

import asyncio
import csv
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.site import QUESTIONS

NAMES = "reference, received_at, channel, language, confidential, answers"
QUERY = f"select {NAMES} from core_form_submission order by received_at, id"
KEYS = [f"q{number}" for number in range(1, QUESTIONS + 1)]


def main(url: str, file: Path) -> None:
    """Write all submissions of a database to a file."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["reference", "received_at", "channel", "language", *KEYS, "confidentiality_reasons"])
        if url.startswith("sqlite:"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
                for row in connection.execute(QUERY):
                    writer.writerow(_cells(row))
        else:
            asyncio.run(_from_postgresql(url, writer))


async def _from_postgresql(url: str, writer: Any) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    async with connection.transaction():
        async for row in connection.cursor(QUERY, prefetch=500):
            writer.writerow(_cells(row))
    await connection.close()


def _cells(row: Any) -> list[Any]:
    reference, received, channel, language, confidential, answers = row
    given = json.loads(answers)
    return [reference, received, channel, language, *(given.get(key, "") for key in KEYS), confidential]


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
