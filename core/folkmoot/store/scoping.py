"""The first wall: a session of one site. It filters every query, stamps every row, refuses what goes round it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.orm.session import Session as SqlModelSession

from folkmoot.spec.errors import CrossSiteWrite, UnscopedQuery
from folkmoot.store.tables import SiteScoped

_site: ContextVar[UUID] = ContextVar("folkmoot_site")


def _current_site() -> UUID:
    try:
        return _site.get()
    except LookupError:
        raise UnscopedQuery("A query on site data ran without a site.") from None


# One module-level parameter whose value is asked for at execution: the compiled statement is cached for all sites.
_SITE = sa.bindparam("folkmoot_site", callable_=_current_site, type_=sa.Uuid())


@cache
def _criterion() -> LoaderCriteriaOption:
    """Return the one criterion of all queries.

    It needs a column on the mixin to adapt to each mapped class, and SQLModel removes field attributes from mixins:
    so the column is put there once, when every table has been imported.
    """
    type.__setattr__(SiteScoped, "site_id", sa.column("site_id", sa.Uuid()))
    return with_loader_criteria(SiteScoped, lambda cls: cls.site_id == _SITE, include_aliases=True)


class SyncSiteSession(SqlModelSession):
    """The synchronous heart of ``SiteSession``; events hang on it."""


class SiteSession(AsyncSession):
    """A session of exactly one site, for its whole life."""

    sync_session_class = SyncSiteSession

    def __init__(self, bind: Any, site_id: UUID) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.site_id = site_id
        self.sync_session.info["site_id"] = site_id


@contextmanager
def site_scope(site_id: UUID) -> Iterator[None]:
    """Make a site current for the queries of this task; scopes of different sites do not nest."""
    held = _site.get(None)
    if held is not None and held != site_id:
        raise UnscopedQuery("A session of another site was opened inside the session of a site.")
    token = _site.set(site_id)
    try:
        yield
    finally:
        _site.reset(token)


def scoped_models() -> list[type[SiteScoped]]:
    """Return every mapped class whose rows belong to a site."""
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers if issubclass(mapper.class_, SiteScoped)]


@event.listens_for(SyncSiteSession, "do_orm_execute")
def _scope(state: ORMExecuteState) -> None:
    if state.session.info["site_id"] != _current_site():
        raise UnscopedQuery("A session was used under another site than its own.")
    _refuse_bypass(state)
    state.statement = state.statement.options(_criterion())


def _refuse_bypass(state: ORMExecuteState) -> None:
    statement = state.statement
    if isinstance(statement, sa.TextClause):
        raise UnscopedQuery("Text statements go round the filter of the site: write the query with models.")
    if state.is_insert:
        raise UnscopedQuery("Bulk inserts are not stamped with the site: add rows, or hand them to the writer.")
    for element in visitors.iterate(cast("Any", statement)):
        if isinstance(element, sa.TextClause) or getattr(element, "__visit_name__", "") == "textual_select":
            raise UnscopedQuery("Text inside a query goes round the filter of the site: write it with models.")
        if isinstance(element, sa.Table) and "parententity" not in element._annotations and "site_id" in element.c:
            raise UnscopedQuery(f"The bare table {element.name} goes round the filter of the site: use its model.")


@event.listens_for(SyncSiteSession, "before_flush")
def _stamp(session: Session, context: Any, instances: Any) -> None:  # noqa: ARG001
    site_id = session.info["site_id"]
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, SiteScoped):
            continue
        if row.site_id is None:
            row.site_id = site_id
        elif row.site_id != site_id:
            raise CrossSiteWrite(f"A {type(row).__name__} of another site cannot be written here.")
