"""Closing a site, opening it again, and deleting it after a time of grace. Each is noted among the operations."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.sites.models import Operation, PageVersion, Site, SiteHost
from folkmoot.sites.service import SHELL, touch, touch_directory
from folkmoot.spec.errors import Refused
from folkmoot.store.notices import announce

GRACE_DAYS = 30
IMPORT_BEGUN = "import begun"
_CLOSED = (Site.suspended_at, Site.delete_after, Site.restoring_since)


async def closed_sites(session: AsyncSession) -> dict[UUID, str]:
    """Return the sites that do not answer, each with its standing."""
    query = select(Site).where(sa.or_(*(col(column).is_not(None) for column in _CLOSED)))
    return {site.id: site.standing for site in (await session.exec(query)).all()}


async def suspend(session: AsyncSession, site: Site, *, at: datetime, reason: str) -> None:
    """Close a site until it is resumed, and commit."""
    if site.standing in {"suspended", "deleted"}:
        raise Refused(f"The site {site.slug} is {site.standing} already.")
    site.suspended_at = at
    await _keep(session, site, "suspend", at=at, note=reason)


async def resume(session: AsyncSession, site: Site, *, at: datetime, reason: str) -> None:
    """Open a site again that was suspended or marked for deletion, and commit."""
    if site.restoring_since is not None:
        raise Refused(
            f"The site {site.slug} is half restored: run the command that restores or imports it again, to the end."
        )
    if site.standing not in {"suspended", "deleted"}:
        raise Refused(f"The site {site.slug} is open already.")
    site.suspended_at = site.delete_after = None
    await _keep(session, site, "resume", at=at, note=reason)


async def mark_for_deletion(session: AsyncSession, site: Site, *, at: datetime, days: int, reason: str) -> None:
    """Close a site for good: after some days a job deletes it. Commits."""
    if site.delete_after is not None:
        raise Refused(f"The site {site.slug} is marked for deletion already.")
    await _refuse_parent(session, site)
    site.delete_after = at + timedelta(days=days)
    await _keep(session, site, "delete", at=at, note=f"{days} days. {reason}".strip())


async def _refuse_parent(session: AsyncSession, site: Site) -> None:
    children = (await session.exec(select(Site.slug).where(Site.parent_id == site.id).order_by(col(Site.slug)))).all()
    if children:
        raise Refused(f"The site {site.slug} is the parent of {', '.join(children)}: delete those first.")


async def due_for_deletion(session: AsyncSession, now: datetime) -> Sequence[Site]:
    """Return the sites whose time of grace is over."""
    return (await session.exec(select(Site).where(col(Site.delete_after) <= now).order_by(col(Site.slug)))).all()


async def forget_site(session: AsyncSession, site_id: UUID, *, at: datetime) -> None:
    """Delete the site itself when nothing of it is left but what goes with it, and commit."""
    site = await session.get(Site, site_id)
    if site is None:
        return
    note_operation(session, "deleted", site.id, site.slug, at=at)
    await session.delete(site)
    await touch_directory(session)
    await session.commit()


def note_operation(
    session: AsyncSession, action: str, site_id: UUID, slug: str, *, at: datetime, note: str = ""
) -> None:
    """Note what an operator did; it is kept if and only if the caller commits."""
    session.add(Operation(at=at, action=action, about_id=site_id, about_slug=slug, note=note[:2000]))


async def _keep(session: AsyncSession, site: Site, action: str, *, at: datetime, note: str) -> None:
    session.add(site)
    note_operation(session, action, site.id, site.slug, at=at, note=note)
    await renew_pages(session, site.id, at=at)
    await touch_directory(session)
    await session.commit()


async def renew_pages(session: AsyncSession, site_id: UUID, *, at: datetime) -> None:
    """Make every cached page of a site stale, also where the site was here before under the same id."""
    if await session.get(PageVersion, (site_id, SHELL)) is None:
        # Never a number that an earlier life of the site has had.
        session.add(PageVersion(site_id=site_id, plugin=SHELL, version=int(at.timestamp())))
        await announce(session, (site_id, SHELL))
    else:
        await touch(session, site_id, SHELL)


async def hosts_of(session: AsyncSession, site_id: UUID) -> Sequence[str]:
    """Return the hosts of a site."""
    query = select(SiteHost.host).where(SiteHost.site_id == site_id).order_by(col(SiteHost.host))
    return (await session.exec(query)).all()


async def operations_on(session: AsyncSession, site_id: UUID) -> Sequence[Operation]:
    """Return what operators did to a site, the last first."""
    query = select(Operation).where(Operation.about_id == site_id).order_by(col(Operation.id).desc())
    return (await session.exec(query)).all()
