"""Exports: every submission as CSV or as JSON, in pieces that are sent or written while the next are read."""

import json
from collections.abc import AsyncIterator

from folkmoot.api import LONDON, csv_lines
from folkmoot.api.forms import LiveForm, Readable, SentRow, codebook, columns, flatten, sent_rows


async def as_csv(place: Readable, form: LiveForm) -> AsyncIterator[str]:
    """Yield a row for each submission, with a column for each question, or for each option of a multiple one."""
    questions = columns(form.definition)
    yield csv_lines([["reference", "received_at", "channel", "language", *questions, "confidentiality_reasons"]])
    async for rows in sent_rows(place, form):
        yield csv_lines(_cells(form, row, questions) for row in rows)


def _cells(form: LiveForm, row: SentRow, questions: tuple[str, ...]) -> list[str]:
    cells = flatten(form.definition, row.answers)
    received = row.received_at.astimezone(LONDON).isoformat(timespec="seconds")
    answers = [cells[column] for column in questions]
    return [row.reference, received, row.channel, row.language, *answers, row.confidential]


async def as_json(place: Readable, form: LiveForm) -> AsyncIterator[str]:
    """Yield an object with the codebook and the submissions, each on a line of its own."""
    book = [
        {"column": e.column, "question": e.question, "type": e.type, "label": e.label.en, "required": e.required}
        for e in codebook(form.definition)
    ]
    yield f'{{"codebook": {json.dumps(book, ensure_ascii=False, indent=1)},\n"submissions": ['
    before = "\n"
    async for rows in sent_rows(place, form):
        for row in rows:
            yield before + json.dumps(_object(row), ensure_ascii=False)
            before = ",\n"
    yield "\n]}\n"


def _object(row: SentRow) -> dict[str, object]:
    return {
        "reference": row.reference,
        "received_at": row.received_at.isoformat(),
        "channel": row.channel,
        "language": row.language,
        "answers": row.answers,
        "confidential": row.confidential,
    }
