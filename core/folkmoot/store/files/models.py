"""What is known of each file. The bytes are kept under their hash, and may belong to several rows of a site."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import SiteScoped, UtcDateTime

CORE = "core"


class FileState(StrEnum):
    """How far a file is."""

    # Announced before its bytes are put down, so that the bytes are nobody's orphans and count towards the quota.
    ARRIVING = "arriving"
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    REFUSED = "refused"
    # No file any more: its bytes are being deleted, and nobody may lean on them.
    LEAVING = "leaving"


# Rows that are files to people, and rows whose bytes must stay.
SHOWN = (FileState.WAITING, FileState.CLEAN, FileState.INFECTED, FileState.REFUSED)
HOLDING = (FileState.ARRIVING, FileState.WAITING, FileState.CLEAN)


class FileRow(SiteScoped, table=True):
    """A file of a site: its name as uploaded, what its content is, whose it is, and whether anyone may have it."""

    __tablename__ = "core_file"
    __table_args__ = (
        sa.Index("ix_core_file_site_id_sha256", "site_id", "sha256"),
        sa.Index("ix_core_file_site_id_state_created_at", "site_id", "state", "created_at"),
    )

    sha256: str = Field(max_length=64)
    size: int = Field(sa_type=sa.BigInteger)
    name: str = Field(max_length=200)
    content_type: str = Field(max_length=120)
    state: str = Field(max_length=10)
    owner: str = Field(max_length=40, default=CORE)
    purpose: str = Field(max_length=80, default="")
    public: bool = False
    sentence: str = Field(max_length=300, default="")
    created_at: datetime = Field(sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
