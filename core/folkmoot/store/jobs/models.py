"""The one table of jobs, and how far each schedule is. Events are jobs too: what they cause is queued when handled."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from folkmoot.store.tables import Json, SiteScoped, UtcDateTime

QUEUED, RUNNING, DONE, DEAD = "queued", "running", "done", "dead"
WAITING = sa.text("state = 'queued' and key <> ''")
# What workers look through holds only what is still to be done, however many finished jobs are kept.
OPEN = sa.text("finished_at is null")


class JobRow(SiteScoped, table=True):
    """A job of a site: what is asked for, how far it is, and who holds it.

    ``run_at`` is the instant from which a worker may take it: the start of one that waits, the end of the lease of one
    that runs. So a job whose worker has gone needs nobody to set it free.
    """

    __tablename__ = "core_job"
    __table_args__ = (
        # Asked for twice while it waits is asked for once.
        sa.Index(
            "uq_core_job_waiting",
            "site_id",
            "name",
            "key",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        sa.Index("ix_core_job_open", "run_at", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_core_job_open_site", "site_id", "run_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        sa.Index("ix_core_job_site_id_finished_at", "site_id", "finished_at"),
    )

    name: str = Field(max_length=80)
    key: str = Field(max_length=120, default="")
    arguments: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = Field(max_length=10, default=QUEUED)
    run_at: datetime = Field(sa_type=UtcDateTime)
    worker: str = Field(max_length=60, default="")
    attempts: int = 0
    done: int = 0
    total: int = 0
    sentence: str = Field(max_length=300, default="")
    error: str = Field(max_length=1000, default="")
    result: str = Field(max_length=300, default="")
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Schedule(SQLModel, table=True):
    """How far a schedule is: the last instant for which its jobs were queued, on all sites at once."""

    __tablename__ = "core_schedule"

    name: str = Field(max_length=80, primary_key=True)
    last_at: datetime = Field(sa_type=UtcDateTime)
