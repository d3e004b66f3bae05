"""Values go into lines and come back the same, and equal values are equal bytes."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.store.backup.values import READ, WRITE, BadValue, canonical, line_of, values_of

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSONS = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids(),
    "instant": st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=1))])),
    "boolean": st.booleans(),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "date": st.dates(),
    "binary": st.binary(),
    "text": TEXTS,
    "json": JSONS,
}


@given(st.fixed_dictionaries({kind: st.none() | values for kind, values in KINDS.items()}))
def test_a_row_comes_back_as_it_was(row: dict[str, Any]) -> None:
    columns = {kind: kind for kind in KINDS}
    line = line_of(row, columns)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    back = values_of(json.loads(line), columns)
    assert back == row
    assert line_of(back, columns) == line


def as_postgresql_keeps(value: Any) -> Any:
    """Return what ``jsonb`` gives back: numbers without an exponent, keys in another order."""
    if isinstance(value, dict):
        return {key: as_postgresql_keeps(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}
    if isinstance(value, list):
        return [as_postgresql_keeps(part) for part in value]
    if isinstance(value, float):
        plain = format(value, "f") if abs(value) >= 1e16 else repr(value)
        return json.loads(plain.removesuffix(".000000") if abs(value) >= 1e16 else plain)
    return value


@given(JSONS)
def test_json_is_the_same_bytes_from_either_database(value: Any) -> None:
    assert canonical(WRITE["json"](as_postgresql_keeps(value))) == canonical(WRITE["json"](value))


def test_half_a_character_is_written_all_the_same() -> None:
    assert json.loads(canonical({"text": "\ud800"})) == {"text": "\ud800"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uuid", "not-one"),
        ("uuid", 7),
        ("instant", "2026-11-02T09:00:00"),
        ("instant", "yesterdayZ"),
        ("boolean", 1),
        ("integer", True),
        ("integer", "1"),
        ("number", "1"),
        ("date", "2026-13-01"),
        ("binary", "###"),
        ("text", 5),
    ],
)
def test_what_is_not_of_the_columns_kind_is_refused(kind: str, value: object) -> None:
    with pytest.raises(BadValue, match=f"its x is not of the kind {kind}"):
        values_of({"x": value}, {"x": kind})


def test_a_row_with_other_columns_is_refused() -> None:
    with pytest.raises(BadValue, match="it has the columns x, y"):
        values_of({"x": 1, "y": 2}, {"x": "integer"})


def test_instants_are_in_utc_with_all_their_digits() -> None:
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    assert WRITE["instant"](summer) == "2026-07-01T09:00:00.000000Z"
    assert READ["instant"]("2026-07-01T09:00:00.000000Z") == summer
    assert WRITE["date"](date(2026, 7, 1)) == "2026-07-01"
