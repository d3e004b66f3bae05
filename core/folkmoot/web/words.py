"""Words in the reader's language: gettext catalogues of core and of every plugin, read when first needed."""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOURCE = "en"
_packages: list[str] = ["folkmoot"]


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for marking without translating)
    """Mark a message for translation where it stands; it is translated where it is shown."""
    return message


class Translations:
    """One language's catalogue; a message without a translation is shown in English."""

    def __init__(self, locale: str, messages: dict[str, Any], plural: Any) -> None:
        self.locale = locale
        self._messages = messages
        self._plural = plural

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        found = self._messages.get(message)
        return found if isinstance(found, str) and found else message

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of the message that goes with a number."""
        forms = self._messages.get(singular)
        if isinstance(forms, tuple):
            form = forms[min(self._plural(number), len(forms) - 1)]
            if form:
                return str(form)
        return singular if number == 1 else plural

    __call__ = gettext


def use_packages(packages: Iterable[str]) -> None:
    """Name the packages whose ``locale`` folders are read: core and the active plugins."""
    wanted = list(dict.fromkeys(("folkmoot", *packages)))
    if wanted != _packages:
        _packages[:] = wanted
        translations.cache_clear()


@cache
def translations(locale: str) -> Translations:
    """Return the catalogue of a language, core's and all plugins' together."""
    messages: dict[str, Any] = {}
    plural: Any = lambda number: int(number != 1)  # noqa: E731
    for package in _packages if locale != SOURCE else ():
        for path in sorted(_folder(package).glob(f"{locale}/LC_MESSAGES/*.po")):
            from babel.messages.pofile import read_po

            with path.open("rb") as file:
                catalogue = read_po(file, locale=locale)
            messages |= {_key(m.id): m.string for m in catalogue if m.id and not m.fuzzy}
            plural = _plural_rule(catalogue.plural_expr)
    return Translations(locale, messages, plural)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package}")
    return Path(next(iter(spec.submodule_search_locations))) / "locale"


def _key(message: Any) -> str:
    return str(message[0] if isinstance(message, (list, tuple)) else message)


def _plural_rule(expression: str) -> Any:
    from gettext import c2py

    return c2py(expression)
