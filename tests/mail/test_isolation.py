"""Mail and subscriptions of one site are nothing on another: its links are like links that never were."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from mailroom import Postbox, rows
from test_subscribing import ask, manage_link, subscribe, unsubscribe_path

from folkmoot.mail.keys import Keys
from folkmoot.mail.models import ACTIVE, Subscription
from folkmoot.testing import Instance

FOLKMOOT_PLUGINS = ("consultation",)
Rows = Callable[..., Awaitable[Sequence[Any]]]
CHANGING = re.compile(r"[0-9a-f]{32}")


def told(answer: Any, path: str) -> tuple[int, str]:
    secret = path.rpartition("/")[2]
    return answer.status_code, CHANGING.sub("…", answer.text.replace(secret, "…"))


async def links_of_the_neighbour(instance: Instance, postbox: Postbox) -> list[str]:
    """Return every kind of link that the neighbour's mail holds: pending, active, all."""
    client = instance.client(instance.other_site)
    await subscribe(instance, client, postbox)
    [row] = await rows(instance, Subscription, instance.other_site)
    links = [await unsubscribe_path(instance, row), await manage_link(instance, client, postbox)]
    await ask(client, "kim@example.org")
    await instance.work()
    return [*links, next(path for path in postbox.links() if "/confirm/" in path)]


async def holds(instance: Instance, postbox: Postbox) -> None:
    links = await links_of_the_neighbour(instance, postbox)
    client = instance.client()
    for path in links:
        start, _, secret = path.rpartition("/")
        missing = f"{start}/{secret[::-1]}"
        for method in ("GET", "POST"):
            headers = {"sec-fetch-site": "same-origin"}
            foreign, never = [
                await client.request(method, each, data={"subscription": "all"}, headers=headers)
                if method == "POST"
                else await client.get(each)
                for each in (path, missing)
            ]
            assert told(foreign, path) == told(never, missing), path
            assert foreign.status_code == 404
    assert await rows(instance, Subscription) == []
    states = {row.address: row.state for row in await rows(instance, Subscription, instance.other_site)}
    assert states == {"sam@example.org": ACTIVE, "kim@example.org": "pending"}


async def test_the_neighbours_links_are_like_links_that_never_were(instance: Instance, postbox: Postbox) -> None:
    await holds(instance, postbox)


async def test_a_twin_whose_links_hold_on_every_site_is_caught(
    instance: Instance, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = Keys._seal
    monkeypatch.setattr(Keys, "_seal", lambda self, purpose, site, what: seal(self, purpose, instance.site.id, what))
    with pytest.raises(AssertionError):
        await holds(instance, postbox)


async def test_a_topic_about_the_neighbours_consultation_is_none(instance: Instance) -> None:
    from test_telling import publish

    await publish(instance)
    path = "/subscriptions/new/consultation:one:care"
    assert (await instance.client().get(path)).status_code == 200
    foreign = await instance.client(instance.other_site).get(path)
    missing = await instance.client(instance.other_site).get(path.replace("care", "none"))
    assert foreign.status_code == missing.status_code == 404


async def test_an_event_of_one_site_tells_nobody_of_another(instance: Instance, postbox: Postbox) -> None:
    from test_telling import subscribers, tell

    await subscribers(instance, 1)
    await subscribers(instance, 1, locale="cy", site=instance.other_site)
    await tell(instance)
    assert [letter.address for letter in postbox.letters] == ["en0@example.org"]


async def test_the_same_address_may_subscribe_on_both_sites(instance: Instance, postbox: Postbox) -> None:
    for site in (instance.site, instance.other_site):
        await subscribe(instance, instance.client(site), postbox)
    keys = {(await rows(instance, Subscription, site))[0].address_key for site in (instance.site, instance.other_site)}
    assert len(keys) == 2
