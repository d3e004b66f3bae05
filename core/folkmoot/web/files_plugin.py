"""What core declares about files: their pages, their permission, their jobs and their task."""

from collections.abc import Sequence
from datetime import datetime

from folkmoot.spec.descriptors import PUBLIC, Job, NavItem, Permission, Route, Task, TaskSource
from folkmoot.store.scoping import SiteSession
from folkmoot.web.words import N_

FILES = "core.files"


def permissions() -> Sequence[Permission]:
    """Return who may keep files."""
    return (Permission(name=FILES, title=N_("Keep files"), roles=("publisher", "author")),)


def routes() -> Sequence[Route]:
    """Return the address of every file."""
    from folkmoot.web.pages import files

    query = ("expires", "as", "signature")
    return (
        Route(
            path="/files/{file:str}", endpoint=files.serve, permission=PUBLIC, query=query, cached=False, blocks=False
        ),
    )


def admin_routes() -> Sequence[Route]:
    """Return the staff pages."""
    from folkmoot.web.pages import files

    one = "/admin/files/{file:str}"
    return (
        Route(path="/admin/files", endpoint=files.files, permission=FILES, query=("before", "done"), cached=False),
        Route(
            path="/admin/files",
            endpoint=files.add_file,
            permission=FILES,
            methods=("POST",),
            cached=False,
            max_body=files.BODY,
        ),
        Route(path=one, endpoint=files.one_file, permission=FILES, cached=False),
        Route(path=f"{one}/delete", endpoint=files.confirm_deletion, permission=FILES, cached=False),
        Route(path=f"{one}/delete", endpoint=files.remove_file, permission=FILES, methods=("POST",), cached=False),
    )


def admin_nav() -> Sequence[NavItem]:
    """Return the console's link."""
    return (NavItem(label=N_("Files"), path="/admin/files", order=70, permission=FILES),)


def jobs() -> Sequence[Job]:
    """Return what is done with files outside of requests."""
    from folkmoot.store.files import jobs
    from folkmoot.store.files.keeping import DROP, SCAN, SWEEP

    return (
        Job(name=SCAN, title=N_("Check a file for viruses"), run=jobs.scan_file, tries=12),
        Job(name=DROP, title=N_("Delete the content of a file"), run=jobs.drop_file, tries=12),
        Job(
            name=SWEEP,
            title=N_("Put the kept files in order"),
            run=jobs.sweep_files,
            schedule="23 3 * * *",
            tries=2,
        ),
    )


def tasks() -> Sequence[TaskSource]:
    """Return the files that were deleted because of what was in them."""
    return (TaskSource(name="files", permission=FILES, load=_tasks, order=20),)


async def _tasks(session: SiteSession, now: datetime) -> Sequence[Task]:  # noqa: ARG001 (the hook's signature)
    from folkmoot.store.files.keeping import count_removed

    removed = await count_removed(session)
    return (Task(title=N_("Look at files with a virus"), path="/admin/files", count=removed),) if removed else ()
