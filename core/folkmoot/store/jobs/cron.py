"""Cron expressions in UK time, also in the two nights a year when the clocks change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# How far back one looks among times that the clocks have not reached yet.
MOST = 200


def latest(expression: str, now: datetime) -> datetime | None:
    """Return the last instant, not after ``now``, at which a schedule was due; ``None`` when there is none.

    The clock on the wall decides. A time that the wall shows twice (the night in October) is due the first time only; a
    time that it never shows (the night in March) is due as long after midnight as it would have been. A schedule for
    every hour is due in each hour, also in the one that comes twice.
    """
    twice = expression.split()[1].startswith("*")
    local = now.astimezone(LONDON)
    shown = local.replace(tzinfo=None)
    # In the hour that comes again, the rest of that hour has been before.
    start = shown.replace(microsecond=0) + timedelta(hours=local.fold, seconds=1)
    best: datetime | None = None
    for wall in _back(expression, start):
        passed = [instant for instant in _instants(wall, twice=twice) if instant <= now]
        best = max([*passed, best] if best else passed, default=None)
        if best is not None and wall <= shown:
            break
    return best


def _back(expression: str, start: datetime) -> Iterator[datetime]:
    from croniter import CroniterBadDateError, croniter

    times = croniter(expression, start)
    for _ in range(MOST):
        try:
            yield times.get_prev(datetime)
        except CroniterBadDateError:
            return


def _instants(wall: datetime, *, twice: bool) -> Iterator[datetime]:
    for fold in (0, 1) if twice else (0,):
        local = wall.replace(tzinfo=LONDON, fold=fold)
        instant = local.astimezone(UTC)
        # The second reading of a time that the wall never shows is an hour too early.
        if fold == 0 or instant.astimezone(LONDON).replace(tzinfo=None) == wall:
            yield instant
