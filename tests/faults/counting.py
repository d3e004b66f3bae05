"""What became of everything that was acknowledged: the database is asked, not the service."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlmodel import select

from faults.consulting import PARTS, answers
from folkmoot.audit.chain import first_broken
from folkmoot.audit.models import AuditEntry
from folkmoot.forms.models import Submission
from folkmoot.testing import Instance


@dataclass
class Count:
    """The figure of the battery, and every fault that it hides.

    :param lost: marks that were acknowledged and are not there whole, under the reference that was given
    :param duplicates: marks that are there more than once
    """

    acknowledged: int
    lost: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    hung: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The figure."""
        lost, duplicates = len(self.lost), len(self.duplicates)
        return f"acknowledged {self.acknowledged}, lost {lost}, duplicates {duplicates}, hung {self.hung}"

    @property
    def sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.lost or self.duplicates or self.hung or self.faults)


async def count(instance: Instance, acknowledged: Mapping[str, str], *, hung: int = 0) -> Count:
    """Compare what was acknowledged (mark: reference) with what the first site's database holds."""
    async with instance.desk().reading() as session:
        submissions = {str(row.id): row for row in (await session.exec(select(Submission))).all()}
        entries = (await session.exec(select(AuditEntry).where(AuditEntry.action == "consultation.submitted"))).all()
        broken = await first_broken(session)
    counted = Count(len(acknowledged), hung=hung)
    if broken is not None:
        counted.faults.append(f"the audit log is broken at entry {broken}")
    logged = Counter(str(entry.object_id) for entry in entries)
    found: dict[str, list[str]] = {}
    for row in submissions.values():
        mark = str(row.answers.get("mark", "(no mark)"))
        found.setdefault(mark, []).append(row.reference)
        if row.answers != _expected(mark):
            counted.faults.append(f"{mark} is there with other answers: {row.answers}")
    counted.faults += _logged_otherwise(logged, submissions)
    counted.lost = [mark for mark, reference in acknowledged.items() if reference not in found.get(mark, ())]
    counted.duplicates = [mark for mark, references in found.items() if len(references) > 1]
    return counted


def _expected(mark: str) -> dict[str, str | list[str]]:
    said = answers(mark)
    return {"mark": mark, "parts": PARTS, "why": said["why"]}


def _logged_otherwise(logged: Counter[str], submissions: Iterable[str]) -> list[str]:
    there = set(submissions)
    faults = [f"submission {row_id} has {logged[row_id]} entries in the log" for row_id in there if logged[row_id] != 1]
    return faults + [f"the log tells of {row_id}, which is not there" for row_id in set(logged) - there]
