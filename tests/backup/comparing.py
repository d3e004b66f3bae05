"""What databases and files hold, to be compared."""

import hashlib
import json
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from folkmoot.store.backup.rules import is_scoped, tables_of
from folkmoot.testing import Instance
from folkmoot.web.application import lineages

PLUGINS = ("consultation", "publication", "dashboard", "feedback")
Start = Callable[..., Awaitable[Instance]]


def said(row: dict[str, Any]) -> bytes:
    """Return a row in one form: the order in which a database keeps the keys of JSON means nothing."""
    return json.dumps(row, sort_keys=True, default=str).encode()


async def sums(instance: Instance, *, but: tuple[str, ...] = ()) -> dict[tuple[str, str], str]:
    """Return a checksum of the rows of each table and site."""
    found: dict[tuple[str, str], Any] = {}
    async with instance.platform.database.system_reading() as session:
        connection = await session.connection()
        for table in tables_of(lineages(instance.platform.registry)):
            if table.name in but:
                continue
            for row in (await connection.execute(sa.select(table).order_by(*table.primary_key))).mappings():
                site = row.get("site_id") or (row["id"] if table.name == "core_site" else "")
                found.setdefault((table.name, str(site)), hashlib.sha256()).update(said(dict(row)))
    return {key: value.hexdigest() for key, value in found.items()}


async def count(instance: Instance, table: str, site_id: UUID | None = None) -> int:
    """Return how many rows a table has."""
    found = next(t for t in tables_of(lineages(instance.platform.registry)) if t.name == table)
    query = sa.select(sa.func.count()).select_from(found)
    if site_id is not None:
        query = query.where(found.c.site_id == site_id)
    async with instance.platform.database.system_reading() as session:
        return int((await (await session.connection()).execute(query)).scalar_one())


def manifest_of(path: Path) -> dict[str, Any]:
    """Return the manifest of a file."""
    with zipfile.ZipFile(path) as archive:
        held: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return held


def lines_of(path: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table in a file."""
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"tables/{table}.jsonl").splitlines()]


def scoped(instance: Instance) -> list[str]:
    """Return the names of all tables whose rows belong to a site."""
    return [table.name for table in tables_of(lineages(instance.platform.registry)) if is_scoped(table)]
