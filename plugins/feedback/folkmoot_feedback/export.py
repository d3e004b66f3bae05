"""Feedback as rows for files: what is held back stays out of them unless somebody asks for it by name."""

from typing import Any

from folkmoot_feedback.models import PageFeedback

COLUMNS = ("received_at", "path", "useful", "what_doing", "what_wrong", "state", "signals")


def as_record(row: PageFeedback, *, with_held: bool = False) -> dict[str, Any]:
    """Return a row for JSON; the text of a held one is left empty unless ``with_held`` says otherwise."""
    hidden = row.withheld and not with_held
    return {
        "received_at": row.received_at.isoformat(),
        "path": row.path,
        "useful": row.useful,
        "what_doing": "" if hidden else row.what_doing,
        "what_wrong": "" if hidden else row.what_wrong,
        "state": row.state,
        "signals": row.signals,
    }


def as_row(row: PageFeedback, *, with_held: bool = False) -> list[object]:
    """Return a row for CSV, in the order of ``COLUMNS``."""
    record = as_record(row, with_held=with_held)
    record["useful"] = {True: "yes", False: "no", None: ""}[row.useful]
    record["signals"] = "; ".join(row.signals)
    return [record[column] for column in COLUMNS]
