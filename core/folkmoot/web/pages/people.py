"""Signing in and out, and one's own account."""

from urllib.parse import urlsplit

from litestar import Response

from folkmoot.accounts import service as accounts
from folkmoot.spec.errors import NotFound, TooMany, Unprocessable
from folkmoot.web.render import page, redirect
from folkmoot.web.request import Request
from folkmoot.web.words import N_

WRONG = N_("Check your email address and password: no account here has both.")


def safe_next(target: str) -> str:
    """Return where to go after signing in: only ever an address of this site."""
    parts = urlsplit(target)
    sound = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if sound and all(c.isprintable() and c != "\\" for c in target) else "/admin"


async def sign_in(request: Request) -> Response[str]:
    """Show the sign-in form."""
    target = safe_next(str(request.query_params.get("next", "/admin")))
    return await page(request, "sign_in.html", problems=[], values={}, next=target)


async def sign_in_with_password(request: Request) -> Response[str]:
    """Sign a person in by email address and password."""
    values = await request.values("email", "password", "next")
    key = f"{request.site.id}:{values['email'].lower()}"
    if not request.platform.throttle.allow(key):
        raise TooMany(N_("There were too many tries for this email address. Wait five minutes, then try again."))
    target = safe_next(values["next"])
    problems = [
        (name, request.words.gettext(sentence))
        for name, sentence in (("email", N_("Enter your email address")), ("password", N_("Enter your password")))
        if not values[name]
    ]
    user = None
    if not problems:
        async with request.platform.database.system_reading() as session:
            password = str((await request.fields()).get("password", ""))
            user = await accounts.find_by_password(session, values["email"], password, request.site.id)
    if user is None:
        problems = problems or [("email", request.words.gettext(WRONG))]
        kept = {"email": values["email"]}
        return await page(request, "sign_in.html", status=422, problems=problems, values=kept, next=target)
    request.platform.throttle.clear(key)
    await _start(request, user.id)
    return redirect(request, target)


async def _start(request: Request, user_id: object) -> None:
    held = request.person.session_hash if request.person else ""
    async with request.platform.database.system_writing() as session:
        secret = await accounts.start_session(
            session,
            user_id,  # type: ignore[arg-type]
            site_id=request.site.id,
            at=request.now(),
            replaces=held,
        )
    request.set_cookie_header("", secret)


async def sign_in_link(request: Request) -> Response[str]:
    """Show the button of a one-time link: opening the link alone must not use it up, mail scanners do that."""
    async with request.platform.database.system_reading() as session:
        link = await accounts.usable_link(session, request.part("secret"), site_id=request.site.id, at=request.now())
    if link is None:
        raise NotFound(N_("This sign-in link has been used or has expired. Ask for a new one."))
    return await page(request, "sign_in_link.html", action=request.href(request.visit.path))


async def use_sign_in_link(request: Request) -> Response[str]:
    """Sign a person in by a one-time link."""
    now = request.now()
    async with request.platform.database.system_writing() as session:
        link = await accounts.usable_link(session, request.part("secret"), site_id=request.site.id, at=now)
        if link is None:
            raise NotFound(N_("This sign-in link has been used or has expired. Ask for a new one."))
        link.used_at = now
        session.add(link)
        await session.commit()
    await _start(request, link.user_id)
    return redirect(request, "/admin")


async def sign_out(request: Request) -> Response[str]:
    """End the session."""
    if request.person is not None:
        async with request.platform.database.system_writing() as session:
            await accounts.end_session(session, request.person.session_hash)
    request.set_cookie_header("", "", max_age=0)
    request.visit.person = None
    request.visit.session_secret = ""
    return await page(request, "signed_out.html")


async def account(request: Request) -> Response[str]:
    """Show one's own account."""
    return await page(request, "account.html", problems=[], saved="saved" in request.query_params)


async def change_password(request: Request) -> Response[str]:
    """Set one's own password."""
    form = await request.fields()
    try:
        async with request.platform.database.system_writing() as session:
            await accounts.set_password(session, request.who.id, str(form.get("new_password", "")))
    except Unprocessable as error:
        problems = [("new_password", request.words.gettext(fault.sentence)) for fault in error.faults]
        return await page(request, "account.html", status=422, problems=problems, saved=False)
    return redirect(request, "/account?saved=1")
