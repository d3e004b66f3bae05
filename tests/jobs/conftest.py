"""An instance with the plugin “tally”, whose jobs can be counted; also for worker processes."""

import os
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
import sqlalchemy as sa
from sqlmodel import select

from folkmoot.audit.models import AuditEntry
from folkmoot.sites.directory import SiteFacts
from folkmoot.store.jobs.models import JobRow
from folkmoot.store.jobs.queue import enqueue
from folkmoot.testing import Instance

PLUGIN = Path(__file__).parent / "plugin"
FOUND = {
    "METADATA": "Metadata-Version: 2.1\nName: folkmoot-tally\nVersion: 1\n",
    "entry_points.txt": "[folkmoot.plugins]\ntally = folkmoot_tally.plugin\n",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Make the plugin one that pip has installed, for this test only; return the environment of processes."""
    folder = tmp_path / "installed"
    (folder / "folkmoot_tally-1.dist-info").mkdir(parents=True)
    for name, text in FOUND.items():
        (folder / "folkmoot_tally-1.dist-info" / name).write_text(text)
    for path in (PLUGIN, folder):
        monkeypatch.syspath_prepend(str(path))
    # For the processes that workers start.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(PLUGIN))))
    return dict(os.environ)


class Tally:
    """An instance, and short ways to ask for jobs and to see what became of them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.platform = instance.platform

    async def ask(self, name: str, arguments: Any = None, *, site: SiteFacts | None = None, **options: Any) -> UUID:
        """Ask for a job, at the instance's time unless ``at`` is given, and commit."""
        at = options.pop("at", self.instance.clock.now())
        async with self.platform.database.writing((site or self.instance.site).id) as session:
            job_id = await enqueue(session, name, arguments, at=at, **options)
            await session.commit()
        return job_id

    async def job(self, job_id: UUID, site: SiteFacts | None = None) -> JobRow:
        """Return a job as it stands."""
        async with self.platform.database.reading((site or self.instance.site).id) as session:
            return (await session.exec(select(JobRow).where(JobRow.id == job_id))).one()

    async def jobs(self, name: str = "", site: SiteFacts | None = None) -> list[JobRow]:
        """Return the jobs of a name, or all."""
        query = select(JobRow).order_by(JobRow.created_at, JobRow.id)  # type: ignore[arg-type]
        async with self.platform.database.reading((site or self.instance.site).id) as session:
            found = (await session.exec(query.where(JobRow.name == name) if name else query)).all()
        return list(found)

    async def effects(self) -> dict[UUID, int]:
        """Return how often each job of whatever site took effect."""
        query = sa.select(AuditEntry.object_id, sa.func.count()).where(AuditEntry.action == "tally.counted")  # type: ignore[arg-type, call-overload]
        async with self.platform.database.system_reading() as session:
            rows = await session.exec(query.group_by(AuditEntry.object_id))
            return {row[0]: row[1] for row in rows}


@pytest_asyncio.fixture
async def tally(app: Callable[..., Awaitable[Instance]], installed: Mapping[str, str]) -> Tally:
    """An instance with the plugin on both sites."""
    return Tally(await app(plugins=["tally"]))


@pytest.fixture
def now() -> datetime:
    """The machine's time, by which worker processes go."""
    return datetime.now(UTC)
