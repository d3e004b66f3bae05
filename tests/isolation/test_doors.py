"""Who may come in by which route, and that a plugin which is off is not there at all."""

from typing import Any

import pytest
from probing import CHANGING, METHODS_WITH_BODY, PART, ROLES, form_token, sample_of

from folkmoot.api import PUBLIC, SIGNED_IN, Route
from folkmoot.kernel.registry import Owned
from folkmoot.sites.service import find_site, switch_plugin
from folkmoot.spec.descriptors import OWN_KEY
from folkmoot.testing import Client, Instance

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PARTS = {"str": "nothing-there", "int": "1", "uuid": "01990000-0000-7000-8000-000000000000"}


def address(path: str) -> str:
    return PART.sub(lambda part: PARTS[part[2]], path)


def pages(instance: Instance) -> list[Owned[Any]]:
    registry = instance.platform.registry
    return [*registry.routes, *registry.admin_routes]


def calls(instance: Instance) -> list[Owned[Any]]:
    return list(instance.platform.registry.api_routes)


async def test_every_route_says_who_may_come_in_and_nobody_else_does(
    marked: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every role at every page: let in exactly when the route's permission is the role's."""
    registry = marked.platform.registry
    declared = {PUBLIC, SIGNED_IN, OWN_KEY} | {owned.item.name for owned in registry.permissions}
    undeclared = [o.item.path for o in (*pages(marked), *calls(marked)) if o.item.permission not in declared]
    wrong: list[str] = []
    asked = 0
    for role in ("", *ROLES):
        client = await marked.staff_client(role) if role else marked.client()
        held = registry.role_permissions(role) | {PUBLIC, SIGNED_IN} if role else {PUBLIC}
        form = {"form_token": await form_token(client)}
        for owned in sorted(pages(marked), key=lambda owned: owned.item.path == "/sign-out"):
            for method in owned.item.methods:
                body: dict[str, Any] = {"data": form} if method in METHODS_WITH_BODY else {}
                own = {"sec-fetch-site": "same-origin"}
                answer = await client.request(method, address(owned.item.path), headers=own, **body)
                turned_away = answer.status_code in {401, 403} or "/sign-in?next=" in answer.headers.get("location", "")
                asked += 1
                if turned_away == (owned.item.permission in held):
                    wrong.append(f"{role or 'anonymous'}: {method} {owned.item.path}: {answer.status_code}")
    with capsys.disabled():
        print(f"\nroles x routes: {asked}, wrong: {len(wrong)}, undeclared: {len(undeclared)}")
    assert undeclared == []
    assert wrong == []


async def test_nobody_sees_the_console_without_signing_in(marked: Instance) -> None:
    client = marked.client()
    for owned in marked.platform.registry.admin_routes:
        assert owned.item.permission != PUBLIC
        for method in METHODS:
            answer = await client.request(method, address(owned.item.path))
            # OPTIONS tells which methods there are, and nothing else.
            harmless = {204} if method == "OPTIONS" else {303, 401, 405}
            assert answer.status_code in harmless, f"{method} {owned.item.path}"


async def test_a_call_needs_its_permission_before_its_body_is_looked_at(marked: Instance) -> None:
    names = [owned.item.name for owned in marked.platform.registry.permissions]
    nobody = marked.client()
    weak = {name: await marked.api([name]) for name in names}
    for owned in calls(marked):
        if owned.item.permission == PUBLIC:
            continue
        path = f"/api/v1{address(owned.item.path)}"
        for body in ({}, {"json": sample_of(owned.item.body)} if owned.item.body else {"content": b"{"}):
            assert (await nobody.request(owned.item.method, path, **body)).status_code == 401, path
            for name in names:
                answer = await weak[name].request(owned.item.method, path, **body)
                if owned.item.permission == OWN_KEY:
                    # What has a key of its own knows no tokens of ours.
                    assert answer.status_code == 401, path
                    continue
                assert (answer.status_code == 403) == (name != owned.item.permission), f"{name} at {path}"


async def put_off(instance: Instance, plugin: str) -> None:
    async with instance.platform.database.system_writing() as session:
        site = await find_site(session, instance.site.slug)
        await switch_plugin(session, site, plugin, on=False, at=instance.clock.now())
    await instance.platform.load_directory()


async def nothing(client: Client, method: str, path: str) -> str:
    """Return what the client is told at an address of a plugin that is off; it must be a 404."""
    answer = await client.request(method, path, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
    return CHANGING.sub("…", answer.text.replace(path, "…"))


async def test_a_plugin_that_is_off_is_not_there_for_anybody_by_any_method(marked: Instance) -> None:
    platform = marked.platform
    staff, program, public = await marked.staff_client(), await marked.api(), marked.client()
    neighbour = marked.client(marked.other_site)
    for plugin in [plugin.name for plugin in platform.registry.active]:
        paths = [owned.item.path for owned in pages(marked) if owned.plugin == plugin]
        paths += [f"/api/v1{owned.item.path}" for owned in calls(marked) if owned.plugin == plugin]
        first = next(path for path in paths if "{" not in path and not path.startswith(("/admin", "/api")))
        assert (await public.get(first)).status_code == 200
        await put_off(marked, plugin)
        for path in paths:
            for client in (public, program if path.startswith("/api") else staff):
                gone = [await nothing(client, method, address(path)) for method in METHODS if method != "HEAD"]
                # It cannot be told from an address that never was.
                never = await client.get(address("/api/v1/never" if path.startswith("/api") else "/never"))
                shown = never.text.replace("/api/v1/never", "…").replace("/never", "…")
                assert set(gone) == {CHANGING.sub("…", shown)}, path
        for path, found in platform.static._files.items():
            if found.plugin == plugin:
                assert (await public.get(path)).status_code == 404
                assert (await neighbour.get(path)).status_code == 200
        assert (await neighbour.get(first)).status_code == 200
        assert first not in (await public.get("/")).text


def test_a_route_cannot_be_declared_without_saying_who_may_come_in() -> None:
    with pytest.raises(TypeError, match="permission"):
        Route(path="/open", endpoint=print)  # type: ignore[call-arg, arg-type]
