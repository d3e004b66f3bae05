"""What core declares about whole sites."""

from collections.abc import Sequence
from typing import Any

from folkmoot.spec.descriptors import Job
from folkmoot.web.words import N_


async def _delete(work: Any) -> None:
    from folkmoot.web.operations import delete_due_sites

    await delete_due_sites(work)


def jobs() -> Sequence[Job]:
    """Return the job that deletes sites at the end of their time of grace."""
    title = N_("Delete sites whose time of grace is over")
    return (Job(name="core.delete_sites", title=title, run=_delete, schedule="15 2 * * *"),)
