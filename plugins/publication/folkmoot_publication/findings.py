"""What a person is told about a file: which row, what is wrong with it, and whether the row was refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from folkmoot.api import N_


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about one row, or about the file when ``row`` is 0. ``values`` fill the places of ``sentence``."""

    row: int
    sentence: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    refused: bool = True


def say(finding: Finding, gettext: Callable[[str], str] = str) -> str:
    """Return a finding as a person reads it: “row 7: There is no wording.”"""
    sentence = gettext(finding.sentence) % finding.values if finding.values else gettext(finding.sentence)
    if not finding.row:
        return sentence
    return gettext(N_("row %(row)s: %(sentence)s")) % {"row": finding.row, "sentence": sentence}


def name_rows(rows: Sequence[int]) -> str:
    """Return rows as people write them: 2–5, 7, 9."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def refusals(findings: Iterable[Finding]) -> list[Finding]:
    """Return what refused a row or the file."""
    return [finding for finding in findings if finding.refused]


def warnings(findings: Iterable[Finding]) -> list[Finding]:
    """Return what a person should look at, though the row was kept."""
    return [finding for finding in findings if not finding.refused]
