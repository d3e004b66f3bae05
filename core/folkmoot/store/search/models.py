"""What is found: one row for each published thing in each language, the same on both databases.

The indexes behind it (``fts_core_search``) are kept in step by triggers, which the migration makes: whatever adds or
removes a row, a cascade included, the index follows in the same transaction.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from folkmoot.store.tables import SiteScoped, UtcDateTime


class SearchRow(SiteScoped, table=True):
    """A published thing in one language.

    ``title_terms`` and ``text_terms`` hold its words in order as they are searched, ``title_words`` and ``text_words``
    the same before stemming, for who has not typed a word to its end. ``number`` is how SQLite's index knows the row
    (set by a trigger; empty on PostgreSQL). ``digest`` tells whether the thing has changed.
    """

    __tablename__ = "core_search_entry"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "plugin", "source", "key", "locale"),
        sa.Index(None, "number"),
        sa.Index(None, "site_id", "shown_from"),
        sa.Index(None, "site_id", "shown_until"),
    )
    __mapper_args__ = {"eager_defaults": False}

    number: int | None = Field(
        default=None, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": sa.FetchedValue()}
    )
    plugin: str = Field(max_length=30)
    source: str = Field(max_length=80)
    key: str = Field(max_length=200)
    locale: str = Field(max_length=12)
    path: str = Field(sa_type=sa.Text)
    title: str = Field(sa_type=sa.Text)
    summary: str = Field(sa_type=sa.Text)
    part_of: str = Field(sa_type=sa.Text)
    body: str = Field(sa_type=sa.Text)
    title_terms: str = Field(sa_type=sa.Text)
    title_words: str = Field(sa_type=sa.Text)
    text_terms: str = Field(sa_type=sa.Text)
    text_words: str = Field(sa_type=sa.Text)
    digest: str = Field(max_length=64)
    updated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shown_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shown_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SearchState(SiteScoped, table=True):
    """How far the index of a source has come: which version of the plugin's pages it was made from."""

    __tablename__ = "core_search_state"
    __table_args__ = (sa.UniqueConstraint("site_id", "plugin", "source"),)

    plugin: str = Field(max_length=30)
    source: str = Field(max_length=80)
    version: int = Field(sa_type=sa.BigInteger)
    indexed_at: datetime = Field(sa_type=UtcDateTime)
