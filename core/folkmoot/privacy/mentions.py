"""Addresses that stand in texts of a body's own: found there, and taken out, whatever the column."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.sql.sqltypes import AutoString

from folkmoot.spec.descriptors import Held, Subject
from folkmoot.store.scoping import SiteSession
from folkmoot.store.tables import Json

REMOVED = "[removed]"
# What a row is called by where it has such a column.
CALLED = ("reference", "slug", "ref", "path", "key", "name")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Finds an address in any text of the rows of some tables, and takes it out of there.

    :param models: ``SiteScoped`` tables
    :param title: what a row that names somebody is called, in plain words
    """

    models: tuple[type[Any], ...]
    title: str

    async def find(self, session: SiteSession, subject: Subject) -> Sequence[Held]:
        """Return the rows in which the address stands, with the texts that hold it."""
        held = []
        for model in self.models:
            for row in await _naming(session, model, subject):
                values = {name: text for name, text in _texts(row).items() if subject.email in text.lower()}
                held.append(Held(title=self.title, key=_called(row), values=values))
        return held

    async def erase(self, session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG002
        """Put a mark in place of the address, wherever it stands."""
        total = 0
        for model in self.models:
            rows = await _naming(session, model, subject)
            for row in rows:
                for name, text in _texts(row).items():
                    if subject.email in text.lower():
                        cleaned = take_out(text, subject.email)
                        setattr(row, name, json.loads(cleaned) if _is_json(row, name) else cleaned)
                session.add(row)
            total += len(rows)
        await session.flush()
        return total


def take_out(text: str, email: str) -> str:
    """Return a text with an address taken out of it, in whatever case it was typed."""
    return re.sub(re.escape(email), REMOVED, text, flags=re.IGNORECASE)


def naming(column: Any, email: str) -> sa.ColumnElement[bool]:
    """Return the condition that an address stands in a text or JSON column, in whatever case."""
    is_json = isinstance(column.type, Json)
    text = sa.func.lower(sa.cast(column, sa.Text) if is_json else column)
    # SQLite keeps JSON as it was written, with letters beyond ASCII escaped.
    variants = dict.fromkeys((email, json.dumps(email)[1:-1].lower())) if is_json else (email,)
    return sa.or_(*(text.contains(variant, autoescape=True) for variant in variants))


async def _naming(session: SiteSession, model: type[Any], subject: Subject) -> Sequence[Any]:
    if not subject.email:
        return []
    named = [naming(getattr(model, name), subject.email) for name in text_columns(model)]
    return (await session.exec(select(model).where(sa.or_(*named)).order_by(col(model.id)))).all() if named else []


def text_columns(model: type[Any]) -> list[str]:
    """Return the names of the columns of a table that hold text or JSON."""
    return [c.name for c in model.__table__.c if isinstance(c.type, (sa.String, AutoString, Json))]


def _is_json(row: Any, name: str) -> bool:
    return isinstance(type(row).__table__.c[name].type, Json)


def _texts(row: Any) -> dict[str, str]:
    values = {name: getattr(row, name) for name in text_columns(type(row))}
    return {
        name: json.dumps(value, ensure_ascii=False) if _is_json(row, name) else str(value)
        for name, value in values.items()
        if value
    }


def _called(row: Any) -> str:
    return next((str(getattr(row, name)) for name in CALLED if getattr(row, name, "")), str(row.id))
