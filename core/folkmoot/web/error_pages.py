"""What people see when something does not work: a page that says what happened and what to do next."""

from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response
from litestar.exceptions import HTTPException

from folkmoot.spec.errors import FolkmootError, Malformed, NotFound, SignInRequired
from folkmoot.web.log import log, loggable
from folkmoot.web.problem_details import problem
from folkmoot.web.render import page, page_context
from folkmoot.web.request import Request

PAGES = frozenset({400, 403, 404, 405, 410, 413, 429, 503})
SECRET_FIELDS = frozenset({"password", "new_password"})


def on_folkmoot_error(request: Request, error: FolkmootError) -> Response[Any]:
    """Answer an error of ours."""
    if error.status == 500:
        return on_exception(request, error)
    if _is_api(request):
        return problem(request, error)
    if isinstance(error, SignInRequired) and request.method in {"GET", "HEAD"}:
        target = f"/sign-in?next={quote(request.visit.path)}"
        return Response("", status_code=303, headers={"location": request.href(target), "cache-control": "no-store"})
    return error_page(request, error.status, str(error))


def on_http_exception(request: Request, error: HTTPException) -> Response[Any]:
    """Answer an error of Litestar's: no such route, wrong method, a body that cannot be read."""
    if error.status_code >= 500:
        return on_exception(request, error)
    if _is_api(request):
        ours: FolkmootError = NotFound("There is nothing here.")
        if error.status_code == 405:
            return problem(request, ours, status=405, title="Wrong method", headers=_allow(error))
        if error.status_code != 404:
            ours = Malformed("What you sent cannot be read.")
        return problem(request, ours)
    status = error.status_code if error.status_code in PAGES else 400
    return error_page(request, status, "", headers=_allow(error))


def on_exception(request: Request, error: Exception) -> Response[Any]:
    """Answer a fault of ours: a page made at boot, so that nothing more can fail."""
    log.error(
        "request failed",
        request_id=request.visit.request_id,
        site=request.site.slug,
        path=loggable(request.visit.path),
        plugin=request.visit.plugin,
        error=type(error).__name__,
        exc_info=error,
    )
    if _is_api(request):
        return problem(request, FolkmootError("Something went wrong on our side. Nothing was saved. Try again later."))
    return Response(
        request.platform.failure_page(request.locale),
        status_code=500,
        media_type="text/html; charset=utf-8",
        headers={"cache-control": "no-store"},
    )


def error_page(request: Request, status: int, sentence: str, *, headers: dict[str, str] | None = None) -> Response[str]:
    """Return the page of a status, with the sentence that says what happened."""
    name = status if status in PAGES else 400
    template = request.platform.pages.environment.get_template(f"errors/{name}.html")
    html = template.render(
        page_context(request) | {"sentence": request.words.gettext(sentence) if sentence else "", "status": status}
    )
    kept = {"cache-control": "no-store", **(headers or {})}
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=kept)


async def send_again(request: Request, *, status: int = 403, sentence: str = "") -> Response[str]:
    """Return the form that was refused, with what was typed and a button that sends it again.

    Files do not come back: browsers let nobody fill in which file is sent, so they have to be selected again.
    """
    sent = list((await request.fields()).multi_items())
    fields = [
        (name, "" if name in SECRET_FIELDS else value)
        for name, value in sent
        if isinstance(value, str) and name != "form_token"
    ]
    uploads = list(dict.fromkeys(name for name, value in sent if not isinstance(value, str)))
    request.visit.blocks = False
    said = request.words.gettext(sentence) if sentence else ""
    action = request.href(request.visit.path)
    told = {"fields": fields, "uploads": uploads, "action": action, "sentence": said}
    return await page(request, "errors/send_again.html", status=status, **told)


def _is_api(request: Request) -> bool:
    return request.visit.path.startswith("/api/")


def _allow(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
