"""Restoring everything, bringing a site in, setting a site back. While a site's rows come and go it is closed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.sites.lifecycle import IMPORT_BEGUN, note_operation, renew_pages
from folkmoot.sites.models import Site, SiteHost
from folkmoot.sites.service import HOST, SLUG, find_site, touch_directory
from folkmoot.spec.errors import Refused
from folkmoot.store.backup.files import keep, named_by
from folkmoot.store.backup.loading import insert, load_everything, load_site, site_row
from folkmoot.store.backup.manifest import file_member
from folkmoot.store.backup.package import Package
from folkmoot.store.backup.people import load_people
from folkmoot.store.backup.removing import remove_rows
from folkmoot.store.backup.rules import JOB, MEMBERSHIP, SITE, in_backup, of_a_site, rewinding, rule_of
from folkmoot.store.backup.taking import Store
from folkmoot.store.backup.values import Values

# Running processes look at the directory of sites once a second; what they had begun has ended by then.
SETTLE_SECONDS = 2.5
HOSTS = "core_site_host"
# What an instance has that was set up and perhaps served, and holds nothing yet.
OF_A_NEW_INSTANCE = frozenset(
    {SITE, HOSTS, "core_site_plugin", "core_schedule", "core_job", "core_operation", "core_count"}
)
# What a restore leaves as it is: what operators decided, and where the site stands among the others.
OF_OPERATORS = ("id", "slug", "status", "parent_id", "created_at", "suspended_at", "delete_after", "restoring_since")


@dataclass(frozen=True, slots=True)
class Names:
    """What a site is called where it arrives; empty is as in the file."""

    slug: str = ""
    host: str = ""
    parent: str = ""


async def restore_everything(store: Store, package: Package, *, at: datetime, replace: bool) -> int:
    """Put a backup into an instance, in one transaction; return how many rows.

    :param replace: throw away what is there
    :raises Refused: when something is there
    """
    # Content comes first: no row names what is not there, and content that no row names does no harm.
    await load_files(store, package)
    async with store.database.system_writing() as session:
        connection = await session.connection()
        held = await _held(connection, store.tables)
        if held and not replace:
            raise Refused(f"This instance is not empty: it has {held}. To throw that away, add --replace.")
        for table in reversed(store.tables):
            if table.name != "core_directory_version":
                await connection.execute(sa.delete(table))
        loaded = await load_everything(store, package, connection)
        for part in package.manifest.sites:
            await renew_pages(session, UUID(part.id), at=at)
            note_operation(session, "restore", UUID(part.id), part.slug, at=at, note="the whole instance")
        await touch_directory(session)
        await session.commit()
    return loaded


async def what_is_there(store: Store) -> str:
    """Return in words what a restore of everything would throw away; empty where there is nothing yet."""
    async with store.database.system_reading() as session:
        return await _held(await session.connection(), store.tables)


async def _held(connection: AsyncConnection, tables: Sequence[sa.Table]) -> str:
    rows = {table.name: await _count(connection, table) for table in in_backup(tables)}
    others = {name: count for name, count in rows.items() if name not in OF_A_NEW_INSTANCE and count}
    if not others and rows[SITE] <= 1:
        return ""
    return f"{rows[SITE]} sites, {rows['core_user']} accounts and {sum(others.values())} rows of content and logs"


async def _count(connection: AsyncConnection, table: sa.Table, site_id: UUID | None = None) -> int:
    query = sa.select(sa.func.count()).select_from(table)
    if site_id is not None:
        query = query.where(table.c.site_id == site_id)
    return int((await connection.execute(query)).scalar_one())


async def import_site(store: Store, package: Package, site_id: UUID, names: Names, *, at: datetime) -> str:
    """Bring a site in that is not here, and return its slug; begun again after a break, it goes on to the end.

    :raises Refused: when the site, its slug or a host of it is here
    """
    row = site_row(package, site_id)
    hosts = _hosts(package, row, names)
    row = {**row, "slug": names.slug or row["slug"], "restoring_since": at, "parent_id": None}
    async with store.database.system_writing() as session:
        await _make_room(session, store.tables, row, hosts)
        row["parent_id"] = (await find_site(session, names.parent)).id if names.parent else None
        if await session.get(Site, site_id) is None:
            connection = await session.connection()
            await insert(connection, _table(store, SITE), [row])
            await insert(connection, _table(store, HOSTS), [{"host": host, "site_id": site_id} for host in hosts])
        note_operation(session, IMPORT_BEGUN, site_id, str(row["slug"]), at=at)
        await touch_directory(session)
        await session.commit()
    tables = [table for table in of_a_site(store.tables) if table.name != HOSTS]
    await remove_rows(store.database, tables, site_id)
    carried = [table for table in tables if rule_of(table).export and table.name != MEMBERSHIP]
    await _fill(store, package, site_id, carried)
    async with store.database.system_writing() as session:
        made = await load_people(await session.connection(), package, site_id, at)
        note = f"from a file of Folkmoot {package.manifest.folkmoot}; {made} accounts made"
        await _open_again(session, site_id, {}, "import", at=at, note=note)
    return str(row["slug"])


def _table(store: Store, name: str) -> sa.Table:
    return next(table for table in store.tables if table.name == name)


def _hosts(package: Package, row: Values, names: Names) -> list[str]:
    if names.slug and not SLUG.match(names.slug):
        raise Refused("The slug must be 2 to 40 lower-case letters, digits and hyphens. Nothing was changed.")
    if names.host and not HOST.match(names.host):
        raise Refused("The host must be a host name such as engage.example.org. Nothing was changed.")
    local = f"{row['slug']}.localhost"
    table = next(t for t in SiteHost.metadata.sorted_tables if t.name == HOSTS)
    written = [str(each["host"]) for each in package.rows(table) if each["site_id"] == row["id"]]
    own = [names.host] if names.host else [host for host in written if host != local]
    return list(dict.fromkeys([*own, f"{names.slug or row['slug']}.localhost"]))


async def _make_room(session: AsyncSession, tables: Sequence[sa.Table], row: Values, hosts: list[str]) -> None:
    """Refuse what is here already; a site of that slug that nobody has used yet gives way."""
    here = await session.get(Site, row["id"])
    if here is not None and (here.restoring_since is None or here.slug != row["slug"]):
        raise Refused(
            f"This site is here already, as {here.slug}: set it back with “folkmoot restore FILE --site {here.slug}”. "
            "Nothing was changed."
        )
    same = (await session.exec(select(Site).where(Site.slug == row["slug"], Site.id != row["id"]))).first()
    if same is not None:
        if not await _unused(session, tables, same.id):
            raise Refused(f"There is another site called {same.slug}: name this one with --slug. Nothing was changed.")
        await session.delete(same)
        await session.flush()
    taken = select(SiteHost.host).where(col(SiteHost.host).in_(hosts), SiteHost.site_id != row["id"])
    for host in (await session.exec(taken)).all():
        raise Refused(f"Another site answers at {host}: choose another with --host. Nothing was changed.")


async def _unused(session: AsyncSession, tables: Sequence[sa.Table], site_id: UUID) -> bool:
    connection = await session.connection()
    used = [table for table in of_a_site(tables) if table.name not in OF_A_NEW_INSTANCE and rule_of(table).backup]
    for table in used:
        if await _count(connection, table, site_id):
            return False
    return True


async def restore_site(
    store: Store, package: Package, site_id: UUID, *, at: datetime, settle: float = SETTLE_SECONDS
) -> None:
    """Set the rows of a site back to what the file holds. Logs, people and what was sent stay as they are.

    Whoever stops it on the way leaves the site closed; begun again, it goes on to the end.
    """
    facts = {name: value for name, value in site_row(package, site_id).items() if name not in OF_OPERATORS}
    async with store.database.system_writing() as session:
        site = await session.get_one(Site, site_id)
        site.restoring_since = at
        session.add(site)
        await touch_directory(session)
        await session.commit()
    await asyncio.sleep(settle)
    tables = rewinding(store.tables)
    await remove_rows(store.database, tables, site_id)
    await _fill(store, package, site_id, [table for table in tables if rule_of(table).backup])
    async with store.database.system_writing() as session:
        note = f"from a file of Folkmoot {package.manifest.folkmoot}"
        await _open_again(session, site_id, facts, "restore", at=at, note=note)


async def _fill(store: Store, package: Package, site_id: UUID, tables: Sequence[sa.Table]) -> None:
    """Load a site's files and rows, and see that nothing else came to the site meanwhile."""
    await load_files(store, package, site_id)
    loaded = await load_site(store, package, tables, site_id)
    async with store.database.system_reading() as session:
        connection = await session.connection()
        counts = {table.name: await _count(connection, table, site_id) for table in tables if table.name != JOB}
    odd = [name for name, count in counts.items() if count != loaded.get(name, 0)]
    if odd:
        raise Refused(f"Something else wrote to {odd[0]} meanwhile. The site stays closed: run the command again.")


async def load_files(store: Store, package: Package, site_id: UUID | None = None) -> int:
    """Keep the files that rows name, of one site or of all; those that are there already stay."""
    held, done = set(package.files), 0
    for table in package.tables(store.tables):
        for named in named_by(table, package.rows(table)):
            if named[1] in held and site_id in {None, named[0]}:
                assert store.files is not None
                await keep(store.files, named, package.pieces(file_member(named[1])))
                done += 1
    if done:
        store.tell(f"files: {done}")
    return done


async def _open_again(
    session: AsyncSession, site_id: UUID, facts: Values, action: str, *, at: datetime, note: str
) -> None:
    site = await session.get_one(Site, site_id)
    site.sqlmodel_update({**facts, "restoring_since": None})
    session.add(site)
    note_operation(session, action, site_id, site.slug, at=at, note=note)
    await renew_pages(session, site_id, at=at)
    await touch_directory(session)
    await session.commit()
