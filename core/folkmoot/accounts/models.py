"""Tables of people. Accounts are global (one email address, one account); memberships are per site."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from folkmoot.kernel.ids import new_id
from folkmoot.store.tables import Json, UtcDateTime


class User(SQLModel, table=True):
    """A person with an account."""

    __tablename__ = "core_user"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: str = Field(max_length=254, unique=True)
    password_hash: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Membership(SQLModel, table=True):
    """What a person is on a site."""

    __tablename__ = "core_membership"

    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", primary_key=True)
    user_id: UUID = Field(foreign_key="core_user.id", ondelete="CASCADE", primary_key=True, index=True)
    role: str = Field(max_length=20)


class UserSession(SQLModel, table=True):
    """A signed-in browser on one site. Only the hash of the cookie's secret is kept."""

    __tablename__ = "core_user_session"

    secret_hash: str = Field(max_length=64, primary_key=True)
    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="core_user.id", ondelete="CASCADE", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class SignInLink(SQLModel, table=True):
    """A link that signs a person in once."""

    __tablename__ = "core_sign_in_link"

    secret_hash: str = Field(max_length=64, primary_key=True)
    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", index=True)
    user_id: UUID = Field(foreign_key="core_user.id", ondelete="CASCADE", index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A key for programs, of one site and with named permissions."""

    __tablename__ = "core_api_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    site_id: UUID = Field(foreign_key="core_site.id", ondelete="CASCADE", index=True)
    secret_hash: str = Field(max_length=64, unique=True)
    permissions: list[str] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
