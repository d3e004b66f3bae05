"""What people can get emails about: the topics that plugins register, and the objects that they are about."""

from datetime import datetime

from folkmoot.sites.directory import SiteFacts
from folkmoot.spec.descriptors import Topic
from folkmoot.spec.errors import NotFound
from folkmoot.store.scoping import SiteSession
from folkmoot.web.platform import Platform
from folkmoot.web.words import N_, translations

LONGEST = 160
MISSING = N_("There are no emails about this.")


def _registered(platform: Platform, name: str) -> tuple[str, Topic, str] | None:
    """Return the plugin, the topic and the object that a name such as ``consultation:one:health`` means."""
    kind = ":".join(name.split(":", 2)[:2])
    thing = name[len(kind) + 1 :]
    for owned in platform.registry.topics:
        if owned.item.name == kind and bool(thing) == (owned.item.find is not None):
            return owned.plugin, owned.item, thing
    return None


async def find_topic(
    platform: Platform, site: SiteFacts, session: SiteSession, name: str, *, locale: str, now: datetime
) -> tuple[str, str]:
    """Return the title of a topic and the path of the page that it is about; raises ``NotFound``."""
    known = _registered(platform, name) if len(name) <= LONGEST else None
    if known is None or known[0] not in site.plugins:
        raise NotFound(MISSING)
    _, topic, thing = known
    title = await topic.find(session, thing, now) if topic.find else translations(locale).gettext(topic.title)
    if title is None:
        raise NotFound(MISSING)
    return title, topic.path.format(object=thing)


async def say_topic(platform: Platform, session: SiteSession, name: str, locale: str, now: datetime) -> str:
    """Return the title of a topic that somebody gets emails about, also when what it is about has gone."""
    known = _registered(platform, name)
    if known is None:
        return name
    _, topic, thing = known
    found = await topic.find(session, thing, now) if topic.find else None
    return found or translations(locale).gettext(topic.title)
