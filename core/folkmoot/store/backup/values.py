"""Rows as lines: one JSON object a row, the same bytes from either database."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from folkmoot.spec.errors import FolkmootError
from folkmoot.store.tables import Json, UtcDateTime

Values = dict[str, Any]

# The most that one row may take: nothing that we keep in a row comes near it, and a file may be made to harm.
LONGEST_LINE = 64 << 20


class UnknownType(FolkmootError):
    """A column has a type that has no form in a backup."""


class BadValue(ValueError):
    """What a file has for a column cannot be put into it."""


def kind_of(column: sa.Column[Any]) -> str:
    """Return the word that says in a manifest how a column's values are written."""
    named: tuple[tuple[Any, str], ...] = (
        (UtcDateTime, "instant"),
        ((Json, sa.JSON), "json"),
        (sa.Enum, ""),
        (sa.Uuid, "uuid"),
        (sa.Boolean, "boolean"),
        (sa.Integer, "integer"),
        (sa.Float, "number"),
        (sa.Date, "date"),
        (sa.LargeBinary, "binary"),
        (sa.String, "text"),
    )
    plain = column.type if isinstance(column.type, (UtcDateTime, Json)) else _plain(column.type)
    kind = next((word for type_, word in named if isinstance(plain, type_)), "")
    if not kind:
        raise UnknownType(f"{column.table.name}.{column.name} has a type that no backup can hold: {column.type!r}.")
    return kind


def _plain(kind: Any) -> Any:
    return kind.impl_instance if isinstance(kind, sa.types.TypeDecorator) else kind


def columns_of(table: sa.Table) -> dict[str, str]:
    """Return the columns that travel, with how each is written; what the database works out itself does not."""
    return {column.name: kind_of(column) for column in table.c if column.computed is None}


def line_of(row: Mapping[str, Any], columns: Mapping[str, str]) -> bytes:
    """Return a row as one line of canonical JSON."""
    values = {name: None if row[name] is None else WRITE[kind](row[name]) for name, kind in columns.items()}
    return canonical(values) + b"\n"


def canonical(value: Any) -> bytes:
    """Return JSON in the one form that equal values have."""
    try:
        return json.dumps(value, **_OPTIONS, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half a character, which JSON can hold and UTF-8 cannot.
        return json.dumps(value, **_OPTIONS).encode()


_OPTIONS: Any = {"sort_keys": True, "separators": (",", ":"), "allow_nan": False}


def values_of(line: Mapping[str, Any], columns: Mapping[str, str]) -> Values:
    """Return what is put into the columns; raises ``BadValue`` naming the first that is not as it should be."""
    if line.keys() != columns.keys():
        raise BadValue(f"it has the columns {', '.join(sorted(line))}")
    values: Values = {}
    for name, kind in columns.items():
        given = line[name]
        try:
            values[name] = None if given is None else READ[kind](given)
        except (ValueError, TypeError, AttributeError, KeyError):
            raise BadValue(f"its {name} is not of the kind {kind}") from None
    return values


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _settled(value: Any) -> Any:
    """Return JSON as both databases give it back: PostgreSQL keeps numbers as decimals, so 1e20 becomes an integer."""
    if isinstance(value, dict):
        return {key: _settled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_settled(part) for part in value]
    if isinstance(value, float) and value.is_integer() and (abs(value) >= 1e16 or value == 0):
        return int(value) if value else 0.0
    return value


def _checked(*kinds: type[Any]) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        # A boolean is an integer to Python, and to nobody else.
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise BadValue
        return value

    return check


def _read_instant(value: str) -> datetime:
    if not value.endswith("Z"):
        raise BadValue
    return datetime.fromisoformat(value)


WRITE: dict[str, Callable[[Any], Any]] = {
    "uuid": str,
    "instant": _instant,
    "json": _settled,
    "boolean": bool,
    "integer": int,
    "number": float,
    "date": date.isoformat,
    "binary": lambda value: base64.b64encode(value).decode(),
    "text": str,
}
READ: dict[str, Callable[[Any], Any]] = {
    "uuid": UUID,
    "instant": _read_instant,
    "json": lambda value: value,
    "boolean": _checked(bool),
    "integer": _checked(int),
    "number": _checked(int, float),
    "date": date.fromisoformat,
    "binary": lambda value: base64.b64decode(value, validate=True),
    "text": _checked(str),
}
