"""What operators do to whole sites and to the instance: each act is noted, and running processes hear of it."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from folkmoot.audit.chain import record
from folkmoot.sites import lifecycle, moving
from folkmoot.sites.directory import SiteFacts
from folkmoot.sites.models import Operation, Site
from folkmoot.sites.moving import Names
from folkmoot.sites.service import find_site
from folkmoot.spec.errors import NotFound, Refused
from folkmoot.store.backup.faults import UnusableFile
from folkmoot.store.backup.files import forget_all
from folkmoot.store.backup.manifest import INSTANCE, SITE, Manifest
from folkmoot.store.backup.package import Package, open_package
from folkmoot.store.backup.people import remove_people
from folkmoot.store.backup.removing import remove_rows
from folkmoot.store.backup.rules import of_a_site
from folkmoot.store.backup.taking import Store, Tell, take_backup, take_export
from folkmoot.store.files.storage import open_storage
from folkmoot.store.jobs.queue import enqueue
from folkmoot.store.search.indexing import INDEX_JOB
from folkmoot.web.desk import choose_site
from folkmoot.web.platform import Platform
from folkmoot.web.work import Work

ACTOR = "operator"


def store_of(platform: Platform, tell: Tell = str) -> Store:
    """Return what backups are taken of and put into."""
    from folkmoot.web.application import lineages

    return Store(platform.database, lineages(platform.registry), open_storage(platform.configuration), tell)


async def back_up(platform: Platform, path: Path, slug: str | None, tell: Tell) -> Manifest:
    """Write everything, or one site, to a new file."""
    store = store_of(platform, tell)
    if slug is None:
        await _refuse_half_restored(platform)
        return await take_backup(store, path)
    site = choose_site(platform, slug)
    if platform.closed.get(site.id) == "restoring":
        raise Refused(f"The site {slug} is half restored: run the command that restores or imports it again first.")
    manifest = await take_export(store, path, site.id)
    async with platform.database.system_writing() as session:
        lifecycle.note_operation(session, "export", site.id, site.slug, at=platform.clock.now())
        await session.commit()
    return manifest


async def _refuse_half_restored(platform: Platform) -> None:
    half = [site.slug for site in platform.directory.all() if platform.closed.get(site.id) == "restoring"]
    if half:
        raise Refused(f"{', '.join(half)} is half restored: run the command that restores or imports it again first.")


@contextmanager
def checked(platform: Platform, path: Path, tell: Tell) -> Iterator[tuple[Store, Package]]:
    """Open a file and check all of it; raises ``UnusableFile`` before anything has been changed."""
    store = store_of(platform, tell)
    with open_package(path) as package:
        tell(f"checking {path}")
        package.check(store.tables, store.lineages)
        yield store, package


async def what_is_there(platform: Platform) -> str:
    """Return in words what a restore of everything would throw away; empty where there is nothing yet."""
    return await moving.what_is_there(store_of(platform))


async def restore_all(platform: Platform, path: Path, *, replace: bool, tell: Tell) -> int:
    """Put a backup of everything into the instance; return how many rows there were."""
    from folkmoot.web.privacy_desk import keep_erasures, read_erasures

    with checked(platform, path, tell) as (store, package):
        if package.manifest.kind != INSTANCE:
            raise UnusableFile(f"{path} holds one site: use “folkmoot site import”, or name the site with --site.")
        async with platform.database.system_reading() as session:
            erased = await read_erasures(session)
        rows = await moving.restore_everything(store, package, at=platform.clock.now(), replace=replace)
        async with platform.database.system_writing() as session:
            await keep_erasures(session, erased)
    await platform.load_directory()
    await _after(platform, platform.directory.all(), f"from {path.name}, with the whole instance")
    return rows


async def restore_one(
    platform: Platform, path: Path, slug: str, *, tell: Tell, settle: float = moving.SETTLE_SECONDS
) -> None:
    """Set one site back to what a file holds, or bring it back when it has gone."""
    with checked(platform, path, tell) as (store, package):
        site_id, now = _site_in(platform, package, slug), platform.clock.now()
        if await _is_here(platform, site_id):
            await moving.restore_site(store, package, site_id, at=now, settle=settle)
        else:
            await moving.import_site(store, package, site_id, Names(), at=now)
    await _arrived(platform, site_id, f"from {path.name}")


def _site_in(platform: Platform, package: Package, slug: str) -> UUID:
    """Return the site of a file that is called so here, or was called so when the file was written."""
    here = {site.id for site in platform.directory.all() if site.slug == slug}
    parts = package.manifest.sites
    found = [part for part in parts if UUID(part.id) in here] or [part for part in parts if part.slug == slug]
    if not found:
        known = ", ".join(part.slug for part in parts) or "none"
        raise UnusableFile(f"{package.name} has no site called {slug}; its sites are: {known}.")
    return UUID(found[0].id)


async def _is_here(platform: Platform, site_id: UUID) -> bool:
    """Say whether a site is here and was once whole; one whose import was broken off is not."""
    async with platform.database.system_reading() as session:
        site = await session.get(Site, site_id)
        done = await lifecycle.operations_on(session, site_id)
    return site is not None and not (site.restoring_since and done and done[0].action == lifecycle.IMPORT_BEGUN)


async def import_one(platform: Platform, path: Path, names: Names, *, tell: Tell) -> str:
    """Bring the site of a file in, and return its slug here."""
    with checked(platform, path, tell) as (store, package):
        if package.manifest.kind != SITE or len(package.manifest.sites) != 1:
            raise UnusableFile(f"{path} holds a whole instance: use “folkmoot restore”.")
        site_id = UUID(package.manifest.sites[0].id)
        slug = await moving.import_site(store, package, site_id, names, at=platform.clock.now())
    await platform.load_directory()
    await _index(platform, [_site(platform, site_id)])
    return slug


async def _arrived(platform: Platform, site_id: UUID, note: str) -> None:
    await platform.load_directory()
    await _after(platform, [_site(platform, site_id)], note)


def _site(platform: Platform, site_id: UUID) -> SiteFacts:
    found = next((site for site in platform.directory.all() if site.id == site_id), None)
    if found is None:
        raise NotFound("The site is not there any more.")
    return found


async def _after(platform: Platform, sites: Sequence[SiteFacts], note: str) -> None:
    """Note the restore in each site's log, forget again whom it had forgotten, and have search look anew."""
    from folkmoot.web.privacy_desk import reapply_erasures

    for site in sites:
        await note_in_log(platform, site, "core.site_restored", note)
    await reapply_erasures(platform, sites)
    await _index(platform, sites)


async def _index(platform: Platform, sites: Sequence[SiteFacts]) -> None:
    for site in sites:
        async with platform.database.writing(site.id) as session:
            await enqueue(session, INDEX_JOB, at=platform.clock.now(), key=INDEX_JOB)
            await session.commit()


async def note_in_log(platform: Platform, site: SiteFacts, action: str, note: str) -> None:
    """Add an entry to a site's own log."""
    async with platform.database.writing(site.id) as session:
        at = platform.clock.now()
        await record(session, at=at, actor=ACTOR, action=action, object_id=site.id, note=note[:2000])
        await session.commit()


async def change_standing(platform: Platform, slug: str, action: str, *, reason: str, days: int = 0) -> Site:
    """Suspend, resume or mark a site for deletion, and return it."""
    first = platform.configuration.settings.site.slug
    if action == "delete" and slug == first:
        raise Refused(f"{slug} is the site of folkmoot.toml and would be made again: it cannot be deleted.")
    facts = choose_site(platform, slug)
    now = platform.clock.now()
    async with platform.database.system_writing() as session:
        site = await find_site(session, slug)
        if action == "suspend":
            await lifecycle.suspend(session, site, at=now, reason=reason)
        elif action == "resume":
            await lifecycle.resume(session, site, at=now, reason=reason)
        else:
            await lifecycle.mark_for_deletion(session, site, at=now, days=days, reason=reason)
    done = {"suspend": "core.site_suspended", "resume": "core.site_resumed", "delete": "core.site_delete_asked"}
    await note_in_log(platform, facts, done[action], reason)
    await platform.load_directory()
    return site


async def show(platform: Platform, slug: str) -> dict[str, Any]:
    """Return what an operator wants to know of a site."""
    async with platform.database.system_reading() as session:
        site = await find_site(session, slug)
        hosts = await lifecycle.hosts_of(session, site.id)
        done = await lifecycle.operations_on(session, site.id)
    facts = choose_site(platform, slug)
    return {
        "slug": site.slug,
        "name": site.name,
        "organisation": site.organisation,
        "status": site.standing,
        "hosts": list(hosts),
        "locales": list(site.locales),
        "plugins": sorted(facts.plugins),
        "created_at": site.created_at.isoformat(),
        "suspended_at": site.suspended_at.isoformat() if site.suspended_at else None,
        "delete_after": site.delete_after.isoformat() if site.delete_after else None,
        "operations": [_operation(each) for each in done],
    }


def _operation(row: Operation) -> dict[str, Any]:
    return {"at": row.at.isoformat(), "action": row.action, "note": row.note}


async def delete_due_sites(work: Work) -> None:
    """Delete what is left of sites whose time of grace is over; begun again after a break, it goes on."""
    platform = work.platform
    if work.site.slug != platform.configuration.settings.site.slug:
        # One site's turn is enough: the one that is never deleted.
        return
    async with platform.database.system_reading() as session:
        due = [(site.id, site.slug) for site in await lifecycle.due_for_deletion(session, work.now())]
    for site_id, _ in due:
        await delete_for_good(platform, site_id)


async def delete_now(platform: Platform, slug: str, *, reason: str, settle: float = moving.SETTLE_SECONDS) -> None:
    """Close a site and delete everything of it without a time of grace, also one that is marked for deletion."""
    site = choose_site(platform, slug)
    if platform.closed.get(site.id) != "deleted":
        await change_standing(platform, slug, "delete", reason=reason)
        await asyncio.sleep(settle)
    await delete_for_good(platform, site.id)


async def delete_for_good(platform: Platform, site_id: UUID) -> None:
    """Delete everything of a site: people who are on no other, its rows in small pieces, its files, then itself."""
    store = store_of(platform)
    async with platform.database.system_writing() as session:
        await remove_people(await session.connection(), site_id)
        await session.commit()
    await remove_rows(platform.database, of_a_site(store.tables), site_id)
    if store.files is not None:
        await forget_all(store.files, site_id)
    async with platform.database.system_writing() as session:
        await lifecycle.forget_site(session, site_id, at=platform.clock.now())
    await platform.load_directory()
