"""The audit log's table."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import SiteScoped, UtcDateTime


class AuditEntry(SiteScoped, table=True):
    """One thing that was done. ``hash`` covers this entry and the hash of the one before it on the same site."""

    __tablename__ = "core_audit_entry"
    __table_args__ = (sa.UniqueConstraint("site_id", "sequence"), {"sqlite_with_rowid": False})

    sequence: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(max_length=120)
    action: str = Field(max_length=80)
    object_id: UUID
    note: str = Field(default="", max_length=2000)
    hash: str = Field(max_length=64)
