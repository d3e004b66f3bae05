"""Handing files out, and the staff page on which they are kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from folkmoot.audit.chain import record
from folkmoot.spec.errors import NotFound, Refused
from folkmoot.store.files.errors import StorageUnavailable, UploadRefused
from folkmoot.store.files.inspecting import say_size
from folkmoot.store.files.keeping import NO_FILE, delete_file, find_file, list_files, usage
from folkmoot.store.files.kinds import OFFICE, RECORDINGS, title_of
from folkmoot.store.files.links import Signed, check, file_path, signed_path
from folkmoot.store.files.models import CORE, FileRow, FileState
from folkmoot.web.error_pages import error_page
from folkmoot.web.file_answers import file_answer
from folkmoot.web.pages.console import console_page
from folkmoot.web.render import page, redirect
from folkmoot.web.request import Request
from folkmoot.web.uploads import keep_file, receive_upload
from folkmoot.web.words import N_

PERMISSION = "core.files"
LARGEST = 50_000_000
BODY = LARGEST + 1_000_000
ON_PAGE = 50
LINK_FOR = timedelta(days=7)
PURPOSE = "staff"
STATES = {
    FileState.WAITING: (N_("Being checked for viruses"), "yellow"),
    FileState.CLEAN: (N_("Ready"), "green"),
    FileState.INFECTED: (N_("Deleted: it had a virus"), "red"),
    FileState.REFUSED: (N_("Deleted: it could not be checked"), "red"),
}
EXPIRED = N_("This link to a file has expired. Ask for a new one where you found it.")
KEPT_BY = N_("This file belongs to another part of the site, and is deleted there.")


async def serve(request: Request) -> Response[Any]:
    """Send a file: to anyone when it is public, else to whoever has a signed link or may see staff's files."""
    file_id = _file_id(request)
    async with request.reading() as session:
        row = await find_file(session, file_id)
    way = str(request.query_params.get("as", ""))
    signed = _signed(request, file_id, way)
    if signed is not Signed.HOLDS and (row is None or not (row.public or _is_staffs(request, row))):
        # An expired link of ours is told so, whether or not there still is a file.
        if signed is Signed.EXPIRED:
            return error_page(request, 410, EXPIRED)
        raise NotFound(NO_FILE)
    if row is None:
        raise NotFound(NO_FILE)
    if row.state == FileState.WAITING:
        request.visit.blocks = False
        return await page(request, "file_waiting.html", status=409, name=row.name)
    if row.state != FileState.CLEAN:
        return error_page(request, 410, row.sentence)
    return await file_answer(request, row, inline=way != "download")


def _file_id(request: Request) -> UUID:
    try:
        return UUID(request.part("file"))
    except ValueError:
        raise NotFound(NO_FILE) from None


def _signed(request: Request, file_id: UUID, way: str) -> Signed:
    expires, signature = (str(request.query_params.get(name, "")) for name in ("expires", "signature"))
    key, site = request.platform.secret_key, request.site.id
    return check(key, site, file_id, expires=expires, way=way, signature=signature, now=request.now())


def _is_staffs(request: Request, row: FileRow) -> bool:
    """Say whether staff may have a file: only what staff uploaded here; a plugin hands out its own by links."""
    return row.owner == CORE and request.person is not None and PERMISSION in request.person.permissions


async def files(request: Request) -> Response[str]:
    """List the files of the site, and show the form that adds one."""
    return await _list(request)


async def _list(request: Request, *, status: int = 200, problem: str = "", public: bool = False) -> Response[str]:
    before = _cursor(str(request.query_params.get("before", "")))
    async with request.reading() as session:
        found = await list_files(session, before=before, limit=ON_PAGE + 1)
        used = await usage(session)
    shown = found[:ON_PAGE]
    more = f"{request.href('/admin/files')}?before={shown[-1].id}" if len(found) > ON_PAGE else None
    done = {
        "added": N_("The file is saved."),
        "deleted": N_("The file is deleted."),
    }.get(str(request.query_params.get("done", "")))
    return await console_page(
        request,
        "files.html",
        status=status,
        problems=[("file", problem)] if problem else [],
        public=public,
        rows=[_shown(request, row) for row in shown],
        done=request.words.gettext(done) if done else "",
        next=more,
        used=say_size(used) if used else "0KB",
        quota=say_size(request.platform.keeping.quota),
        largest=say_size(LARGEST),
    )


def _shown(request: Request, row: FileRow) -> dict[str, Any]:
    say = request.words.gettext
    state, colour = STATES[FileState(row.state)]
    ours = row.owner == CORE
    plugin = request.platform.registry.plugin(row.owner)
    return {
        "id": row.id,
        "name": row.name,
        "kind": say(title_of(row.content_type)),
        "size": say_size(row.size),
        "state": say(state),
        "colour": colour,
        "public": row.public,
        "added_at": row.created_at,
        "plugin": "" if ours else say(plugin.manifest.title) if plugin and plugin.manifest else row.owner,
        "download": request.href(file_path(row.id, "as=download")) if ours and row.state == FileState.CLEAN else "",
        "deletable": ours or row.state in {FileState.INFECTED, FileState.REFUSED},
    }


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def add_file(request: Request) -> Response[str]:
    """Keep the file that was sent, or show the form again with the sentence that says why not."""
    public = (await request.values("public"))["public"] == "yes"
    try:
        taken = await receive_upload(
            request, "file", purpose=PURPOSE, allowed=(*OFFICE, RECORDINGS), largest=LARGEST, public=public
        )
        async with request.writing() as session:
            row = await keep_file(request, session, taken)
            await _record(request, session, "file.added", row)
            await session.commit()
    except UploadRefused as error:
        return await _list(request, status=error.status, problem=error.say(request.words.gettext), public=public)
    except StorageUnavailable as error:
        return await _list(request, status=error.status, problem=request.words.gettext(str(error)), public=public)
    return redirect(request, "/admin/files?done=added")


async def one_file(request: Request) -> Response[str]:
    """Show one file, the address at which others get it, and how to delete it."""
    row = await _find(request)
    link = ""
    if row.state == FileState.CLEAN and row.owner == CORE:
        link = file_path(row.id) if row.public else _staff_link(request, row)
    shown = _shown(request, row)
    return await console_page(
        request,
        "file.html",
        file=shown,
        link=f"{request.visit.origin}{link}" if link else "",
        link_until=None if row.public else request.now() + LINK_FOR,
        sentence=request.words.gettext(row.sentence) if row.sentence else "",
    )


def _staff_link(request: Request, row: FileRow) -> str:
    key = request.platform.secret_key
    return signed_path(key, row.site_id, row.id, now=request.now(), valid_for=LINK_FOR, download=False)


async def confirm_deletion(request: Request) -> Response[str]:
    """Ask whether a file is to be deleted."""
    return await console_page(request, "file_delete.html", file=_shown(request, await _find(request)))


async def remove_file(request: Request) -> Response[str]:
    """Delete a file, and go back to the list."""
    row = await _find(request)
    if not _shown(request, row)["deletable"]:
        raise Refused(KEPT_BY)
    async with request.writing() as session:
        await delete_file(session, row.id, at=request.now())
        await _record(request, session, "file.deleted", row)
        await session.commit()
    return redirect(request, "/admin/files?done=deleted")


async def _find(request: Request) -> FileRow:
    async with request.reading() as session:
        row = await find_file(session, _file_id(request))
    if row is None:
        raise NotFound(NO_FILE)
    return row


async def _record(request: Request, session: Any, action: str, row: FileRow) -> None:
    await record(session, at=request.now(), actor=request.who.actor, action=action, object_id=row.id)
