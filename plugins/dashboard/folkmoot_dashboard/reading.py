"""A file or a list of rows, read into observations; every fault names its row or column, and one fault refuses all."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from folkmoot.api import Fault, Unprocessable
from folkmoot_dashboard.geography import Geography, geographies
from folkmoot_dashboard.periods import Period, is_ambiguous, read_periods
from folkmoot_dashboard.values import read_value

MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_FAULTS = 100
LONGEST_CELL = 500
LONGEST_METRIC = 100
NEEDED = ("period", "geography_code", "metric", "value")
ALIASES = {
    "period": ("period", "financial year", "time period", "year", "quarter", "month", "date"),
    "geography_code": ("geography code", "local authority code", "area code", "la code", "gss code", "ons code"),
    "geography_name": ("geography name", "local authority name", "area name"),
    "region": ("region", "region name", "region code"),
    "metric": ("metric", "code", "metric code", "indicator code", "measure code"),
    "metric_name": ("metric name", "measure", "indicator", "indicator name"),
    "value": ("value",),
    "unit": ("unit",),
    "marks": ("marks", "mark"),
}
KNOWN = {alias: name for name, aliases in ALIASES.items() for alias in aliases}


@dataclass(frozen=True, slots=True)
class Observed:
    """One value of one metric, for a place and a period; ``value`` is text exactly as in the file."""

    row: int
    period: Period
    geography: Geography
    metric: str
    metric_name: str
    unit: str
    value: str | None
    marks: tuple[str, ...]
    dimensions: Mapping[str, str] = field(default_factory=dict)

    @property
    def breakdown(self) -> str:
        """The dimensions in words, such as “Sex: Female; Age: 65 and over”."""
        return "; ".join(f"{name}: {value}" for name, value in self.dimensions.items())


def read_file(content: bytes) -> list[Observed]:
    """Return the observations of a CSV file; raises ``Unprocessable``."""
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        lines = [line for line, _ in zip(reader, range(MOST_ROWS + 2), strict=False)]
    except csv.Error as error:
        raise _refused("file", f"row {reader.line_num}: the file cannot be read as CSV ({error}).") from None
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise _refused("file", "row 1: the file is empty; its first row must name the columns.")
    columns = [cell.strip() for cell in lines[0]]
    while columns and not columns[-1]:
        columns.pop()
    faults = []
    records = []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) < len(columns) or any(cell.strip() for cell in line[len(columns) :]):
            faults.append(Fault(f"row {number}", f"row {number}: it has {len(line)} cells; row 1 has {len(columns)}."))
        records.append((number, dict(zip(columns, line, strict=False))))
    return read_records(columns, records, faults)


def _decoded(content: bytes) -> str:
    if content.startswith(b"PK"):
        raise _refused("file", "The file is a spreadsheet or an archive: save it as CSV.")
    if content.lstrip()[:1] == b"<":
        raise _refused("file", "The file is a web page, not CSV.")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise _refused("file", "The file is not text.")
    return text


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _refused(where: str, sentence: str) -> Unprocessable:
    return Unprocessable([Fault(where, sentence)])


def read_records(
    columns: Sequence[str], records: Sequence[tuple[int, Mapping[str, str]]], faults: Sequence[Fault] = ()
) -> list[Observed]:
    """Return the observations of rows with their numbers; raises ``Unprocessable`` with at most 100 faults."""
    found = [*faults, *_column_faults(columns)]
    if found:
        raise Unprocessable(found[:MOST_FAULTS])
    if len(records) > MOST_ROWS:
        raise _refused("file", f"The file has more than {MOST_ROWS:,} rows: split it into several datasets.")
    if not records:
        raise _refused("file", "row 2: there are no rows below the heading.")
    names = {column: KNOWN[_plain(column)] for column in columns if _plain(column) in KNOWN}
    dimensions = [column for column in columns if column not in names]
    periods = read_periods(_cells(record, names)["period"] for _, record in records)
    observed = []
    for number, record in records:
        one = _read(number, _cells(record, names), {d: record.get(d, "").strip() for d in dimensions}, periods)
        if isinstance(one, Observed):
            observed.append(one)
        else:
            found.append(Fault(f"row {number}", f"row {number}: {one}"))
    found += _repeated(observed)
    if found:
        raise Unprocessable(found[:MOST_FAULTS])
    return observed


def _plain(column: str) -> str:
    return " ".join(column.replace("_", " ").casefold().split())


def _column_faults(columns: Sequence[str]) -> list[Fault]:
    if len(columns) > MOST_COLUMNS:
        return [Fault("file", f"The file has {len(columns):,} columns; at most {MOST_COLUMNS} can be read.")]
    names = [KNOWN.get(_plain(column), _plain(column)) for column in columns]
    faults = []
    for number, (column, name) in enumerate(zip(columns, names, strict=True), 1):
        if not name:
            faults.append(Fault(f"column {number}", f"column {number} has no heading."))
        elif name in names[: number - 1]:
            other = columns[names.index(name)]
            faults.append(Fault(column, f"column {column} says the same as column {other}: remove or rename one."))
    missing = [name for name in NEEDED if name not in names]
    return faults + [Fault(name, f"column {name} is missing: the file has {', '.join(columns)}.") for name in missing]


def _cells(record: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: record.get(column, "").strip() for column, name in names.items()}


def _read(
    row: int, cells: Mapping[str, str], dimensions: Mapping[str, str], periods: Mapping[str, Period | None]
) -> Observed | str:
    """Return the observation of a row, or the sentence that says what is wrong with it."""
    if any(len(cell) > LONGEST_CELL for cell in (*cells.values(), *dimensions.values())):
        return f"a cell is longer than {LONGEST_CELL} characters."
    period, metric = periods[cells["period"]], cells["metric"]
    if period is None:
        return _no_period(cells["period"])
    geography = geographies().get(cells["geography_code"])
    if geography is None:
        return f"the geography code “{cells['geography_code']}” is not known."
    if not metric or len(metric) > LONGEST_METRIC:
        return f"the metric must be a code of 1 to {LONGEST_METRIC} characters."
    value = read_value(cells["value"], cells.get("marks", ""))
    if value is None:
        return f"the value “{cells['value']}” is not a number, and not a mark such as [c] or [x]."
    name, unit = cells.get("metric_name") or metric, cells.get("unit", "")
    return Observed(row, period, geography, metric.lower(), name, unit, *value, dimensions)


def _no_period(text: str) -> str:
    if is_ambiguous(text):
        return f"“{text}” may be a month or a financial year: write 2003/04 or 2003-04-01."
    return f"the period “{text}” is not known: write 2022-23, 2022, 2022-Q1, 2022-04 or 2022-04-01."


def _repeated(observed: Sequence[Observed]) -> list[Fault]:
    seen: dict[tuple[str, str, str, str], int] = {}
    faults = []
    for one in observed:
        key = (one.metric, one.geography.code, one.period.key, one.breakdown)
        if (first := seen.setdefault(key, one.row)) != one.row:
            sentence = f"row {one.row}: it gives the same metric, place and period as row {first}."
            faults.append(Fault(f"row {one.row}", sentence))
    return faults
