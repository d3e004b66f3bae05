"""A consultation with very many submissions, put into a prepared database in bulk: the long way would take hours."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.databases import analyse, execute_many, rows
from benchmarks.site import QUESTIONS, SLUG, BenchSite, sentence
from folkmoot.kernel.ids import new_id

BEGUN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
COLUMNS = (
    *("site_id", "id", "form_id", "form_version_id", "reference", "idempotency_key", "channel", "language"),
    *("received_at", "confidential", "answers"),
)
PLACE = (
    "select f.site_id, f.id, v.id from core_form f join core_form_version v on v.form_id = f.id"
    f" join consultation_consultation c on c.form_id = f.id where c.slug = '{SLUG}'"
)


def fill(site: BenchSite, count: int) -> None:
    """Put submissions of ten answers each into the site's consultation."""
    urls = site.database_urls()
    [place] = rows(urls, PLACE)
    execute_many(urls, "core_form_submission", COLUMNS, _made([UUID(str(part)) for part in place], count))
    if site.urls:
        analyse(urls)


def _made(place: list[UUID], count: int) -> Iterator[tuple[Any, ...]]:
    site_id, form_id, version_id = place
    random = Random(18)
    # As long as answers are, and few enough to be made in no time.
    said = [sentence(random) for _ in range(5_000)]
    for number in range(count):
        at = BEGUN + timedelta(seconds=number * 7, milliseconds=number % 1_000)
        answers = json.dumps({f"q{q}": random.choice(said) for q in range(1, QUESTIONS + 1)})
        reference = f"BENCH-{number:08d}"
        yield (site_id, new_id(), form_id, version_id, reference, f"k{number}", "bulk", "en", at, "", answers)
