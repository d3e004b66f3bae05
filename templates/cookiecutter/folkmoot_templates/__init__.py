"""Where the cookiecutter templates of Folkmoot lie; ``folkmoot new`` finds them by the entry points."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def site() -> Path:
    """Return the folder of the template for a site, which cookiecutter can be pointed at."""
    return _folder("site")


def _folder(kind: str) -> Path:
    # A wheel carries the templates inside this package; in the repository they lie beside it.
    inside = _HERE / kind
    return inside if inside.is_dir() else _HERE.parent / kind
