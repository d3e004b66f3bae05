"""Calls of the JSON API to Litestar handlers: who may call, then whether the body is sound, then the endpoint."""

import json
from typing import Any, cast

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method
from pydantic import BaseModel, ValidationError

from folkmoot.accounts import service as accounts
from folkmoot.accounts.service import Person
from folkmoot.kernel.registry import Owned
from folkmoot.spec.descriptors import OWN_KEY, PUBLIC, SIGNED_IN, ApiRoute
from folkmoot.spec.errors import Fault, Forbidden, Malformed, SignInRequired, TooLarge, Unprocessable
from folkmoot.web.request import Request

PREFIX = "/api/v1"
EVERYTHING = "*"


def api_handler(owned: Owned[ApiRoute]) -> HTTPRouteHandler:
    """Return the Litestar handler of a call."""
    route = owned.item

    async def handle(request: Request) -> Response[Any]:
        if route.permission != OWN_KEY:
            await know_token(request)
            _admit(request, route.permission)
        if request.visit.refused == "too large":
            raise TooLarge(f"The body is larger than {route.max_body // 1000:,} KB.")
        if route.body is None or route.form or route.permission == OWN_KEY:
            answer = await route.endpoint(request)
        else:
            answer = await route.endpoint(request, read_body(route.body, await request.body() or b"{}"))
        return as_response(answer, route.status)

    method = cast("Method", route.method)
    return HTTPRouteHandler(f"{PREFIX}{route.path}", http_method=method, status_code=route.status)(handle)


def as_response(answer: Any, status: int) -> Response[Any]:
    """Return an answer as JSON; an endpoint that needs another status returns a ``Response`` itself."""
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, BaseModel):
        text = answer.model_dump_json(by_alias=True)
    else:
        text = json.dumps(answer, ensure_ascii=False, default=str)
    headers = {"cache-control": "no-store"}
    return Response(text, status_code=status, media_type="application/json", headers=headers)


async def know_token(request: Request) -> None:
    """Find out whose token the call carries; a token that does not hold is refused, also where none is needed."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return
    found = None
    if scheme.lower() == "bearer" and secret:
        async with request.platform.database.system_reading() as session:
            found = await accounts.find_token(session, secret.strip(), site_id=request.site.id, at=request.now())
    if found is None:
        raise SignInRequired("The token is not known on this site, or has expired.")
    registry = request.platform.registry
    granted = set(found.permissions)
    if EVERYTHING in granted:
        granted = set(registry.role_permissions("administrator"))
    request.visit.person = Person(found.id, f"token:{found.id}", "", "token", frozenset(granted))


def _admit(request: Request, permission: str) -> None:
    person = request.person
    if permission == PUBLIC:
        return
    if person is None:
        raise SignInRequired("This call needs a token: send it as “Authorization: Bearer …”.")
    if permission != SIGNED_IN and permission not in person.permissions:
        raise Forbidden(f"The token does not have the permission {permission}.")


def read_body(model: type[Any], body: bytes) -> Any:
    """Return the body as its model; raises ``Malformed`` or ``Unprocessable`` with every fault."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_context=False)
        if errors[0]["type"] == "json_invalid":
            raise Malformed("The body is not JSON that can be read.") from None
        raise Unprocessable([_fault(item) for item in errors]) from None


def _fault(error: Any) -> Fault:
    where = ".".join(str(part) for part in error["loc"]) or "body"
    if error["type"] == "missing":
        return Fault(where, f"“{where}” is missing.")
    if error["type"] == "extra_forbidden":
        return Fault(where, f"“{where}” is not known.")
    return Fault(where, f"“{where}”: {error['msg']}.")
