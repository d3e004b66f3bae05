"""Terms and deadlines: arithmetic of the calendar, with nothing but its arguments."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from folkmoot.spec.descriptors import Term

LONDON = ZoneInfo("Europe/London")
LONGEST_YEARS = 100
ACKNOWLEDGE_DAYS = 30


def limit(now: datetime, term: Term) -> datetime:
    """Return the instant that is one term before ``now``: what is from then or earlier has been kept long enough.

    It reckons in UTC, where no hour comes twice. Where the day is lacking in the earlier month (29 February a year
    before, 31 March a month before) it is that month's last day, so that nothing goes early.
    """
    utc = now.astimezone(UTC)
    earlier = _months_before(utc.date(), 12 * term.years + term.months)
    return datetime.combine(earlier, utc.timetz()) - timedelta(days=term.days)


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def answer_by(received: datetime) -> datetime:
    """Return the end of the time to answer a request: the same day of the next month (UK GDPR, Article 12(3)).

    Days are those of the United Kingdom. Where the next month lacks the day, it is the month's last.
    """
    return _end_of(_months_before(received.astimezone(LONDON).date(), -1))


def acknowledge_by(received: datetime) -> datetime:
    """Return the end of the time to acknowledge a complaint: 30 days, of which the day of receipt is the first.

    “Within the period of 30 days beginning when the complaint is received”: Data Protection Act 2018, section 164A(3).
    """
    return _end_of(received.astimezone(LONDON).date() + timedelta(days=ACKNOWLEDGE_DAYS - 1))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=LONDON).astimezone(UTC)


def days_left(due: datetime, now: datetime) -> int:
    """Return how many days of the United Kingdom lie between now and a deadline; negative when it has passed."""
    return (due.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days


def is_sound(term: Term) -> bool:
    """Say whether a site may set a term: of at least a day, and within a lifetime."""
    parts = (term.years, term.months, term.days)
    return min(parts) >= 0 and max(parts) > 0 and term.years + term.months / 12 + term.days / 365 <= LONGEST_YEARS
