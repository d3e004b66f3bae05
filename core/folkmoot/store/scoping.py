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
from sqlalchemy.sql.selectable import AliasedReturnsRows
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
    try:
        return with_loader_criteria(SiteScoped, lambda cls: cls.site_id == _SITE, include_aliases=True)
    finally:
        # Not there for longer than that: a model imported later would take the column for its default.
        type.__delattr__(SiteScoped, "site_id")


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
    statement = cast("Any", state.statement)
    if isinstance(statement, sa.TextClause):
        raise UnscopedQuery("Text statements go round the filter of the site: write the query with models.")
    if state.is_insert:
        raise UnscopedQuery("Bulk inserts are not stamped with the site: add rows, or hand them to the writer.")
    scopes: list[Any] = [statement]
    while scopes:
        _refuse_bare_tables(list(_own_elements(scopes.pop(), scopes)))


def _own_elements(scope: Any, inner: list[Any]) -> Iterator[Any]:
    """Yield what belongs to one SELECT, UPDATE or DELETE itself; selects inside it are put on ``inner``."""
    waiting = [scope]
    while waiting:
        element = waiting.pop()
        if isinstance(element, sa.TextClause) or getattr(element, "__visit_name__", "") == "textual_select":
            raise UnscopedQuery("Text inside a query goes round the filter of the site: write it with models.")
        yield element
        for child in element.get_children():
            if isinstance(child, sa.Select):
                inner.append(child)
            else:
                waiting.append(child)


def _refuse_bare_tables(elements: list[Any]) -> None:
    """Refuse a table that is named by itself and not through a model.

    What came from a model carries the mark ``parententity``, and only that is what the loader criterion sees. A bare
    column is harmless where the same SELECT has its model: both are then the same filtered table.
    """
    named = [(part, "parententity" in mark._annotations) for part, mark in _named_parts(elements)]
    filtered = {part.name for part, marked in named if marked and isinstance(part, sa.Table)}
    for part, marked in named:
        table: Any = part.element if isinstance(part, AliasedReturnsRows) else part
        # An alias of a bare table is another table than the model's, so that one does not excuse it.
        excused = marked or (part is table and part.name in filtered)
        if not excused and isinstance(table, sa.Table) and "site_id" in table.c:
            raise UnscopedQuery(f"The bare table {table.name} goes round the filter of the site: use its model.")


def _named_parts(elements: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield what elements select from, each with the element that says whether it came from a model."""
    for element in elements:
        parts: list[Any] = []
        if isinstance(element, sa.Column):
            yield element.table, element
        elif isinstance(element, sa.Select):
            joined = [part for join in element._setup_joins for part in (join[0], join[2])]
            parts = [*element._from_obj, *element._raw_columns, *joined]
        elif isinstance(element, sa.Join):
            parts = [element.left, element.right]
        elif isinstance(element, (sa.Update, sa.Delete)):
            parts = [element.table]
        yield from ((part, part) for part in parts if isinstance(part, (sa.Table, AliasedReturnsRows)))


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
