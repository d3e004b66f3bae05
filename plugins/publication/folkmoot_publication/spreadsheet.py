"""Recommendations out of a table: which column is which, and what is wrong with which row. Pure functions of text."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from folkmoot.api import N_
from folkmoot_publication.findings import Finding, name_rows
from folkmoot_publication.references import REFERENCE_RULE, read_reference, title_of

# How each column may be headed, in any case; underscores count as spaces.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "ref": ("ref", "number", "reference", "no"),
    "title": ("title",),
    "text": ("text", "recommendation", "wording"),
    "response": ("response", "government response"),
    "theme": ("theme",),
    "subtheme": ("subtheme", "sub theme"),
    "part": ("part",),
    "owner": ("owner", "directed to"),
    "status": ("status",),
}
LONGEST: Final = {"title": 300, "text": 20_000, "response": 50_000, "status": 60}
LONGEST_OTHER: Final = 300
MOST_ROWS: Final = 10_000
# A cell that our own CSV files marked as no formula, so that they can be edited and read again.
MARKED = re.compile(r"'(?=[=+\-@\t\r])")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationRow:
    """One row that can be kept.

    :param row: its number in the file, the header's being 1
    :param columns: the fields that the table has a column for; about the others the row says nothing
    :param notes: every other column, with empty text where the cell was empty
    """

    row: int
    columns: frozenset[str]
    ref: str
    title: str
    text: str
    response: str = ""
    theme: str = ""
    subtheme: str = ""
    part: str = ""
    owner: str = ""
    status: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that can be kept, and everything that a person should be told."""

    rows: tuple[RecommendationRow, ...]
    findings: tuple[Finding, ...]


def read_recommendations(text: str) -> Sheet:
    """Read a table with a header, its cells parted by commas, semicolons or tabs."""
    try:
        records = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        return _nothing(0, N_("This is not a CSV file that can be read."))
    if not any(cell.strip() for record in records for cell in record):
        return _nothing(0, N_("The file is empty."))
    if len(records) > MOST_ROWS + 1:
        return _nothing(0, N_("The file has more than 10,000 rows. Split it into smaller files."))
    columns = [_column(heading) for heading in records[0]]
    if faults := tuple(_header_faults(columns, records[0])):
        return Sheet((), faults)
    return _sheet(_names(columns, records[0]), records[1:])


def _nothing(row: int, sentence: str) -> Sheet:
    return Sheet((), (Finding(row, sentence),))


def _delimiter(text: str) -> str:
    """Return what parts the header into the most columns that are known."""
    header = text.lstrip("\ufeff").split("\n", 1)[0]
    return max(",;\t", key=lambda mark: sum(bool(_column(cell.strip('"\r '))) for cell in header.split(mark)))


def _column(heading: str) -> str:
    """Return the field that a heading names, or empty."""
    plain = " ".join(heading.replace("_", " ").casefold().split()).rstrip(".:")
    return next((name for name, headings in HEADINGS.items() if plain in headings), "")


def _header_faults(columns: Sequence[str], header: Sequence[str]) -> Iterator[Finding]:
    if "ref" not in columns:
        yield Finding(1, N_("No column is headed ref, number, reference or no: head the one with the numbers so."))
    if "text" not in columns:
        yield Finding(1, N_("No column is headed text, recommendation or wording: head the one with the wording so."))
    for name in dict.fromkeys(name for name in columns if name and columns.count(name) > 1):
        heads = [heading.strip() for heading, column in zip(header, columns, strict=True) if column == name]
        values = {"headings": ", ".join(f"“{heading}”" for heading in heads)}
        yield Finding(1, N_("The columns %(headings)s mean the same: rename or remove all but one."), values)


def _names(columns: Sequence[str], header: Sequence[str]) -> list[str]:
    """Return a name for each column: the field that it fills, or what its notes are called, no two alike."""
    names: list[str] = []
    for at, (column, heading) in enumerate(zip(columns, header, strict=True), start=1):
        name = column or heading.strip() or f"column {at}"
        names.append(f"{name} ({at})" if name in names else name)
    return names


def _sheet(names: Sequence[str], records: Sequence[Sequence[str]]) -> Sheet:
    rows: list[RecommendationRow] = []
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    for number, record in enumerate(records, start=2):
        cells = [MARKED.sub("", cell, count=1).strip() for cell in record]
        if not any(cells):
            continue
        made = _row(number, names, cells, seen)
        if isinstance(made, Finding):
            findings.append(made)
        else:
            seen[made.ref.casefold()] = number
            rows.append(made)
    return Sheet(tuple(rows), (*findings, *_warnings(rows)))


def _row(
    number: int, names: Sequence[str], cells: Sequence[str], seen: Mapping[str, int]
) -> RecommendationRow | Finding:
    given = dict(zip(names, cells, strict=False))
    known = {name: given.pop(name, "") for name in HEADINGS}
    ref = read_reference(known["ref"])
    surplus = any(cells[len(names) :])
    if fault := next(_row_faults(number, known, ref, seen.get(ref.casefold(), 0), surplus=surplus), None):
        return fault
    title = known["title"] or title_of(known["text"])
    columns = frozenset(names) & HEADINGS.keys()
    return RecommendationRow(row=number, columns=columns, notes=given, **known | {"ref": ref, "title": title})


def _row_faults(number: int, known: Mapping[str, str], ref: str, first: int, *, surplus: bool) -> Iterator[Finding]:
    if surplus:
        yield Finding(number, N_("There are more cells than the header has columns."))
    if not known["ref"]:
        yield Finding(number, N_("There is no reference."))
    if not ref:
        yield Finding(number, REFERENCE_RULE)
    if first:
        values: dict[str, str | int] = {"ref": ref, "first": first}
        yield Finding(number, N_("The reference %(ref)s is used in row %(first)s already."), values)
    if not known["text"]:
        yield Finding(number, N_("There is no wording."))
    for name, value in known.items():
        longest = LONGEST.get(name, LONGEST_OTHER)
        if len(value) > longest:
            limits = {"column": name, "most": f"{longest:,}"}
            yield Finding(number, N_("The cell in the column %(column)s has more than %(most)s characters."), limits)


def _warnings(rows: Sequence[RecommendationRow]) -> Iterator[Finding]:
    without_response = [row.row for row in rows if not row.response]
    without_owner = [row.row for row in rows if not row.owner]
    if without_response:
        sentence = N_("Rows without a response: %(count)s (%(rows)s).")
        values: dict[str, str | int] = {"count": len(without_response), "rows": name_rows(without_response)}
        yield Finding(0, sentence, values, refused=False)
    if without_owner:
        sentence = N_("Rows without an owner: %(count)s (%(rows)s).")
        values = {"count": len(without_owner), "rows": name_rows(without_owner)}
        yield Finding(0, sentence, values, refused=False)
