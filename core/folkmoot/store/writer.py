"""What is handed to the writer, and what every writer does: make many submissions durable in one commit.

``sqlite_writer`` and ``postgres_writer`` are the two; both stamp nothing and trust nobody: a change names its site.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import Busy

BATCH = 200
WAITING = 2_000
# The longest that a batch waits for more to come.
GATHER_SECONDS = 0.005

Values = dict[str, Any]
# The last entry of a site's audit log: its number and its hash.
Tail = tuple[int, str]
FULL = "Many people are answering at this moment. Try again in a minute."
TAKEN = "Something with the same key is there already, or what this refers to is gone."
CLOSING = "The service is closing down. Try again in a minute."


class Chain(Protocol):
    """What seals each change of a batch into the audit log (see ``folkmoot.audit``)."""

    # A query for the last entry of a site, with ``{}`` where the site's id goes.
    tail: str
    start: Tail

    def rows(self, tails: Mapping[UUID, Tail], changes: Sequence["Change"]) -> Iterable["Row"]:
        """Return the log's rows for a batch, in order, given the last entry of each of its sites."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row to insert: a table and its values, the site included."""

    table: sa.Table
    values: Values

    @classmethod
    def of(cls, model: type[Any], site_id: UUID, **values: Any) -> "Row":
        """Return a row of a site-scoped model; an ``id`` is made unless one is given."""
        return cls(model.__table__, {"site_id": site_id, "id": values.pop("id", None) or new_id(), **values})


@dataclass(frozen=True, slots=True)
class Change:
    """What one submission saves, all or nothing.

    :param rows: inserted in this order
    :param forget: ``(table, site_id, id)`` of rows deleted in the same transaction (the draft that became this)
    :param event: what the audit log says, with ``object_id``
    """

    site_id: UUID
    rows: tuple[Row, ...]
    event: str
    object_id: UUID
    actor: str = "public"
    note: str = ""
    forget: tuple[tuple[sa.Table, UUID, UUID], ...] = ()


class Writer(ABC):
    """Takes changes from any task of the process and makes each durable before its caller goes on."""

    def __init__(self) -> None:
        self.chain: Chain | None = None
        self.commits = 0
        self.closing = True

    @abstractmethod
    async def open(self) -> None:
        """Begin to take changes."""

    @abstractmethod
    async def close(self) -> None:
        """Save everything that waits, then stop."""

    @abstractmethod
    async def save(self, change: Change) -> None:
        """Return when the change is on the disk.

        :raises Busy: when too much waits, or the database cannot be reached; nothing was saved
        :raises Clash: when a row breaks a constraint; nothing of this change was saved
        """

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold the process's turn to write, where there is only one."""
        yield

    def refuse_if_full(self, waiting: int) -> None:
        """Refuse another change when there are too many, or when none is taken any more."""
        if self.closing:
            raise Busy(CLOSING)
        if waiting >= WAITING:
            raise Busy(FULL)


def gathering(saved: int, seconds: float) -> float:
    """Return how long the next batch waits for more, in seconds, given what the last one saved and how long it took.

    When several came at once, the next ones are close behind: a quarter of a commit's time spent on waiting for them
    saves commits. Somebody who comes alone waits for nobody.
    """
    return min(GATHER_SECONDS, seconds / 4) if saved > 1 else 0.0


def by_table(changes: Iterable[Change]) -> dict[sa.Table, list[Values]]:
    """Return the rows of many changes by table, tables in the order in which changes have them."""
    tables: dict[sa.Table, list[Values]] = {}
    for change in changes:
        for row in change.rows:
            tables.setdefault(row.table, []).append(row.values)
    return tables
