"""Routes to Litestar handlers: who may come in, whose form it is, and what is said when a rule is broken."""

import hmac
from collections.abc import Sequence
from typing import Any, cast

from litestar import MediaType, Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from folkmoot.accounts import service as accounts
from folkmoot.accounts.service import Person, SignedIn
from folkmoot.kernel.registry import Owned
from folkmoot.spec.descriptors import PUBLIC, SIGNED_IN, Route
from folkmoot.spec.errors import Busy, Forbidden, NotFound, SignInRequired, TooLarge
from folkmoot.web.cross_site import SAFE_METHODS
from folkmoot.web.error_pages import send_again
from folkmoot.web.request import Request
from folkmoot.web.words import N_


def page_handler(owned: Owned[Route]) -> HTTPRouteHandler:
    """Return the Litestar handler of a page."""
    route = owned.item

    async def handle(request: Request) -> Response[Any]:
        response = await _answer(request, route)
        if not route.cached or request.person is not None:
            response.headers.setdefault("cache-control", "no-store")
        return response

    methods = cast("Sequence[Method]", route.methods)
    return HTTPRouteHandler(route.path, http_method=methods, media_type=MediaType.HTML)(handle)


async def _answer(request: Request, route: Route) -> Response[Any]:
    visit = request.visit
    visit.blocks = route.blocks
    visit.countable = route.cached and route.permission == PUBLIC
    if visit.suffix and visit.suffix not in route.suffixes:
        raise NotFound(N_("There is no such file."))
    try:
        await know_person(request)
        _admit(request, route.permission)
        if visit.refused == "too large":
            raise TooLarge(N_("What you sent is too large for this page. Nothing was saved."))
        unsafe = request.method not in SAFE_METHODS and not route.cross_ok
        if unsafe and (visit.refused or not await _own_form(request)):
            return await send_again(request)
        response: Response[Any] = await route.endpoint(request)
    except Busy as error:
        # Also when it cannot even be looked up who is asking: what they typed is theirs.
        if request.method in SAFE_METHODS:
            raise
        return await send_again(request, status=error.status, sentence=str(error))
    return response


def _admit(request: Request, permission: str) -> None:
    person = request.visit.person
    if permission == PUBLIC:
        return
    if person is None:
        raise SignInRequired(N_("Sign in to see this page."))
    if permission != SIGNED_IN and permission not in person.permissions:
        raise Forbidden(N_("Your role does not allow this."))


async def know_person(request: Request) -> None:
    """Find out who has signed in, by the session cookie."""
    secret = request.cookie("")
    if not secret:
        return
    now = request.now()
    async with request.platform.database.system_reading() as session:
        found = await accounts.find_session(session, secret, site_id=request.site.id, at=now)
    if found is None:
        return
    if found.seen_long_ago:
        async with request.platform.database.system_writing() as session:
            await accounts.mark_seen(session, found.secret_hash, now)
    request.visit.session_secret = secret
    request.visit.person = _person(request, found)


def _person(request: Request, found: SignedIn) -> Person:
    return Person(
        id=found.user_id,
        actor=f"user:{found.user_id}",
        email=found.email,
        role=found.role,
        permissions=request.platform.registry.role_permissions(found.role),
        session_hash=found.secret_hash,
    )


async def _own_form(request: Request) -> bool:
    """Say whether a signed-in person's form carries the token of their session."""
    expected = request.form_token()
    if not expected:
        return True
    sent = (await request.fields()).get("form_token", "")
    return isinstance(sent, str) and hmac.compare_digest(sent, expected)
