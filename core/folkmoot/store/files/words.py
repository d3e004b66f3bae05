"""Marking sentences for translation: they are translated where they are shown."""


def N_(message: str) -> str:  # noqa: N802 (the name that babel looks for)
    """Mark a message for translation where it stands."""
    return message
