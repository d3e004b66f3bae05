"""What visitors see: the answer to the block at the end of a page, and the form for what is wrong."""

from urllib.parse import urlencode

from litestar import Response

from folkmoot.api import N_, Fault, Request, Unprocessable, page, redirect
from folkmoot_feedback import service
from folkmoot_feedback.duplicates import RecentPosts
from folkmoot_feedback.paths import page_path
from folkmoot_feedback.service import Report

# “message” is the trap: nobody sees it, and browsers do not fill it in by themselves as they do an address.
FIELDS = ("path", "useful", "what_doing", "what_wrong", "message", "report")
VOTES = {"yes": True, "no": False}
EMPTY = N_("Enter what you were doing or what went wrong")
NO_VOTE = N_("Choose whether the page is useful, or tell us what went wrong")
_recent = RecentPosts()


async def report_form(request: Request) -> Response[str]:
    """Show the form for what is wrong with a page."""
    return await _form(request, _known_path(request), {})


async def thanks(request: Request) -> Response[str]:
    """Say thank you, with the way back to the page."""
    path = _known_path(request)
    offer_form = request.query_params.get("useful") == "no"
    return await page(request, "feedback/thanks.html", feedback_path=path, offer_form=offer_form)


def _known_path(request: Request) -> str:
    try:
        return page_path(str(request.query_params.get("path", "/")), request.site.locales)
    except Unprocessable:
        return "/"


async def receive(request: Request) -> Response[str]:
    """Take a yes, a no or a report; every fault shows the form again with all that was typed."""
    values = dict(await request.values(*FIELDS))
    try:
        path = page_path(values["path"], request.site.locales)
        if values["useful"] == "problem" and not values["report"]:
            return redirect(request, f"/feedback?{urlencode({'path': path})}")
        await _save(request, _read(path, values), values)
    except Unprocessable as error:
        return await _form(request, values["path"], values, error.faults)
    said = {"path": path, **({"useful": "no"} if values["useful"] == "no" and not values["report"] else {})}
    return redirect(request, f"/feedback/thanks?{urlencode(said)}")


def _read(path: str, values: dict[str, str]) -> Report:
    """Return the report that a form holds; raises ``Unprocessable`` when it says nothing."""
    report = Report(
        path=path,
        useful=VOTES.get(values["useful"]),
        what_doing=values["what_doing"],
        what_wrong=values["what_wrong"],
        trapped=bool(values["message"]),
    ).cleaned()
    if values["report"] and not (report.what_doing or report.what_wrong):
        raise Unprocessable([Fault("what_wrong", EMPTY)])
    if not values["report"] and report.useful is None:
        raise Unprocessable([Fault("what_wrong", NO_VOTE)])
    return report


async def _save(request: Request, report: Report, values: dict[str, str]) -> None:
    now = request.now()
    change = service.receive(request.site.id, report, now)
    sender = request.client.host if request.client else ""
    seen = (str(request.site.id), sender, request.headers.get("user-agent", ""), report.path, *values.values())
    if not _recent.is_first(now, *seen):
        return
    try:
        await request.submit(change)
    except BaseException:
        _recent.forget(*seen)
        raise


async def _form(request: Request, path: str, values: dict[str, str], faults: tuple[Fault, ...] = ()) -> Response[str]:
    problems = [
        (fault.where if fault.where != "path" else "", request.words.gettext(fault.sentence)) for fault in faults
    ]
    return await page(
        request,
        "feedback/report.html",
        status=422 if faults else 200,
        feedback_path=path,
        values=values,
        problems=problems,
    )
