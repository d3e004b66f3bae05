"""What a reader has chosen, from the address: metric, period, breakdown, region. What is not there gives the first."""

from collections.abc import Mapping
from dataclasses import dataclass

from folkmoot.api import N_, NotFound, Request, SiteSession
from folkmoot.api.figures import Frame
from folkmoot_dashboard import catalogue
from folkmoot_dashboard.catalogue import Published
from folkmoot_dashboard.frames import figure_id, frame_of, slugged
from folkmoot_dashboard.geography import LOCAL, geographies
from folkmoot_dashboard.models import Metric, Observation

NO_FIGURE = N_("There is no such figure.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One figure of a dataset."""

    published: Published
    metric: Metric
    period: tuple[str, str]
    breakdown: str
    region: str

    @property
    def id(self) -> str:
        """The figure's lasting key."""
        slug = self.published.dataset.slug
        return figure_id(slug, self.metric.key, self.period[0], self.region, self.breakdown)

    @property
    def query(self) -> dict[str, str]:
        """What an address says to choose this."""
        chosen = {"metric": self.metric.key, "period": self.period[0], "breakdown": self.breakdown, "geo": self.region}
        return {name: value for name, value in chosen.items() if value}


def choose(published: Published, query: Mapping[str, str]) -> Choice:
    """Return the choice that an address makes; a region that is none counts as no region."""
    metric = published.metric(query.get("metric", "")) or published.metrics[0]
    periods = published.periods(metric)
    period = next((p for p in periods if query.get("period", "") in p), periods[0])
    breakdowns = published.breakdowns(metric)
    breakdown = query.get("breakdown", "")
    region = query.get("geo", "").upper()
    known = geographies().get(region)
    if known and known.level in LOCAL:
        region = known.region
    return Choice(
        published,
        metric,
        period,
        breakdown if breakdown in breakdowns else breakdowns[0],
        region if region in {place.region for place in geographies().values() if place.level in LOCAL} else "",
    )


async def choice_of_id(session: SiteSession, key: str) -> Choice:
    """Return what a figure's key stands for; raises ``NotFound``."""
    parts = key.split("_")
    if len(parts) < 3:
        raise NotFound(NO_FIGURE)
    published = await catalogue.find_published(session, parts[0])
    metric = next((metric for metric in published.metrics if slugged(metric.key) == parts[1]), None)
    if metric is None:
        raise NotFound(NO_FIGURE)
    rest = parts[3:]
    region = next((part for part in rest if not part.startswith("by-")), "")
    wanted = next((part for part in rest if part.startswith("by-")), "by-")
    breakdown = next((b for b in published.breakdowns(metric) if f"by-{slugged(b)}" == wanted), "")
    choice = choose(published, {"metric": metric.key, "period": parts[2], "breakdown": breakdown, "geo": region})
    if choice.id != key:
        raise NotFound(NO_FIGURE)
    return choice


async def figure(session: SiteSession, choice: Choice, request: Request) -> tuple[Frame | None, list[Observation]]:
    """Return the frame of a choice, and the observations that it was made of."""
    chosen = (choice.published, choice.metric, choice.period[0], choice.breakdown)
    observations = list(await catalogue.for_figure(session, *chosen))
    frame = frame_of(
        choice.published,
        choice.metric,
        choice.period,
        observations,
        request.words.gettext,
        region=choice.region,
        breakdown=choice.breakdown,
    )
    return frame, observations
