"""Exports: every submission as CSV or as JSON, in pieces that are sent or written while the next are read."""

import json
from collections.abc import AsyncIterator

from folkmoot.api import LONDON, csv_lines
from folkmoot.api.forms import LiveForm, Readable, SentRow, codebook, columns, flattening, sent_rows


async def as_csv(place: Readable, form: LiveForm) -> AsyncIterator[str]:
    """Yield a row for each submission, with a column for each question, or for each option of a multiple one."""
    questions, cells = columns(form.definition), flattening(form.definition)
    yield csv_lines([["reference", "received_at", "channel", "language", *questions, "confidentiality_reasons"]])
    async for rows in sent_rows(place, form):
        yield csv_lines(
            [row.reference, _received(row), row.channel, row.language, *cells(row.answers), row.confidential]
            for row in rows
        )


def _received(row: SentRow) -> str:
    return row.received_at.astimezone(LONDON).isoformat(timespec="seconds")


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
            yield before + json.dumps(_object(form, row), ensure_ascii=False)
            before = ",\n"
    yield "\n]}\n"


def _object(form: LiveForm, row: SentRow) -> dict[str, object]:
    return {
        "reference": row.reference,
        "received_at": row.received_at.isoformat(),
        "channel": row.channel,
        "language": row.language,
        "answers": {key: row.answers[key] for key in form.definition.fields if key in row.answers},
        "confidential": row.confidential,
    }
