"""Tables of tenancy. A site is the tenant; these few rows belong to the instance, not to a site."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from folkmoot.kernel.ids import new_id
from folkmoot.store.tables import Json, UtcDateTime


class Site(SQLModel, table=True):
    """A body's own site."""

    __tablename__ = "core_site"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    organisation: str = Field(max_length=120)
    kind: str = Field(max_length=40, default="other")
    status: str = Field(max_length=20, default="live")
    phase: str = Field(max_length=10, default="beta")
    theme: str = Field(max_length=40, default="neutral")
    brand_colour: str = Field(max_length=7, default="#1d4f91")
    locales: list[str] = Field(default_factory=lambda: ["en"], sa_type=Json)
    contact_email: str = Field(max_length=254, default="")
    parent_id: UUID | None = Field(default=None, foreign_key="core_site.id", ondelete="RESTRICT", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    # Since when an operator has closed it, from when on it may be deleted, since when its rows are being put back.
    suspended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delete_after: datetime | None = Field(default=None, sa_type=UtcDateTime)
    restoring_since: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def standing(self) -> str:
        """``restoring``, ``deleted`` or ``suspended`` while the site is closed, else its status."""
        if self.restoring_since is not None:
            return "restoring"
        if self.delete_after is not None:
            return "deleted"
        return "suspended" if self.suspended_at is not None else self.status


class SiteHost(SQLModel, table=True):
    """A host name under which a site answers."""

    __tablename__ = "core_site_host"

    host: str = Field(max_length=253, primary_key=True)
    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", index=True)


class SitePlugin(SQLModel, table=True):
    """A plugin that is on for a site."""

    __tablename__ = "core_site_plugin"

    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", primary_key=True)
    plugin: str = Field(max_length=30, primary_key=True)
    enabled_at: datetime = Field(sa_type=UtcDateTime)


class PageVersion(SQLModel, table=True):
    """How often the pages of a plugin on a site have changed; cached pages of an older version are not served."""

    __tablename__ = "core_page_version"

    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", primary_key=True)
    plugin: str = Field(max_length=30, primary_key=True)
    version: int = Field(default=0, sa_type=sa.BigInteger)


class DirectoryVersion(SQLModel, table=True):
    """One row: how often sites, hosts or plugins per site have changed, so that running processes look again."""

    __tablename__ = "core_directory_version"

    id: int = Field(primary_key=True)
    version: int = Field(default=0, sa_type=sa.BigInteger)


class Operation(SQLModel, table=True):
    """What an operator did to a whole site. It stays when the site has gone, so it refers to nothing."""

    __tablename__ = "core_operation"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    action: str = Field(max_length=40)
    about_id: UUID
    about_slug: str = Field(max_length=40)
    note: str = Field(default="", max_length=2000)
