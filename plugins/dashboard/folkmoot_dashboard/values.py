"""Values as files write them: a number exactly as it stands, or marks that say why there is none; never a zero."""

import re
from collections.abc import Iterable
from decimal import Decimal

from folkmoot.api.figures import MARKS

NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d+)?(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)
BRACKETED = re.compile(r"\[\s*([a-zA-Z](?:\s*,\s*[a-zA-Z])*)\s*\]")
# Ways in which older tables write what the Analysis Function's symbols now say.
OLDER = {
    "": "x", "..": "x", "...": "x", ":": "x", "n/a": "x", "na": "x", "null": "x", "-": "w", "–": "w", ".": "z",
    "*": "c", "**": "c", "suppressed": "c", "confidential": "c",
}  # fmt: skip
LIMIT = Decimal(10) ** 18
MOST_DECIMALS = 20


def read_value(text: str, marks: str = "") -> tuple[str | None, tuple[str, ...]] | None:
    """Return the value as it stands and its marks, or ``None`` when the cell is neither number nor mark.

    :param marks: what a column of its own says, such as “p”, “[p][r]” or “p, r”
    """
    given = [letter for found in BRACKETED.finditer(text) for letter in re.split(r"[\s,]+", found[1])]
    bare = BRACKETED.sub("", text).strip()
    given += re.findall(r"[a-zA-Z]+", marks)
    letters = {letter.lower() for letter in given}
    if letters - MARKS.keys():
        return None
    if is_number(bare):
        return bare, tuple(sorted(letters))
    if not bare and letters:
        return None, tuple(sorted(letters))
    older = OLDER.get(bare.lower()) or (bare.lower() if bare.lower() in MARKS else None)
    return (None, tuple(sorted(letters | {older}))) if older else None


def is_number(text: str) -> bool:
    """Say whether a text is a number that can be drawn: below 10^18, at most 20 decimals."""
    if not NUMBER.match(text):
        return False
    value = as_decimal(text)
    exponent = value.as_tuple().exponent
    return value.copy_abs() < LIMIT and isinstance(exponent, int) and exponent >= -MOST_DECIMALS


def as_decimal(text: str) -> Decimal:
    """Return the number that a value stands for."""
    return Decimal(text.replace(",", ""))


def sensible_decimals(values: Iterable[str]) -> int:
    """Return how many decimals readers need: as in the file up to three; a machine's long tails are cut by size."""
    numbers = [as_decimal(value) for value in values]
    if not numbers:
        return 0
    most = max(max(-int(number.as_tuple().exponent), 0) for number in numbers)
    if most <= 3:
        return most
    largest = max(number.copy_abs() for number in numbers)
    return 1 if largest >= 10 else 2 if largest >= 1 else 3
