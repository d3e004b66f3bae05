"""What can go wrong with files, as sentences. Those with values in them are put together where they are shown."""

from collections.abc import Callable, Mapping

from folkmoot.spec.errors import Fault, NotFound, Unavailable, Unprocessable
from folkmoot.store.files.words import N_

UNREACHABLE = N_("Files cannot be reached just now. Nothing was saved. Wait a few minutes, then try again.")
NO_ROOM = N_("There is no room for this file just now. Nothing was saved. Tell the people who run this service.")
NO_ROOM_ON_SITE = N_(
    "This site has no room for more files: delete some that are not needed, or ask for more room. Nothing was saved"
)
LEAVING = N_("A file with the same content is being deleted just now. Nothing was saved. Try again in a minute.")


class StorageUnavailable(Unavailable):
    """The disk or the bucket does not take or give bytes; nothing was kept. The form comes back to be sent again."""

    title = "Files cannot be reached"

    def __init__(self, sentence: str = UNREACHABLE) -> None:
        super().__init__(sentence)


class ContentMissing(NotFound):
    """The bytes that a row names are not there."""

    def __init__(self) -> None:
        super().__init__(N_("The content of this file is missing. Tell the people who run this service."))


class UploadRefused(Unprocessable):
    """A file that is not taken; nothing of it was kept.

    :param message: the sentence, marked for translation, with places such as ``%(limit)s``
    :param values: what stands in the places; of several, one will do
    """

    def __init__(self, message: str, values: Mapping[str, str | tuple[str, ...]] | None = None) -> None:
        self.message = message
        self.values = dict(values or {})
        super().__init__([Fault("file", self.say(str))])

    def say(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in the language that ``translate`` gives; kinds of file are words as well."""
        return translate(self.message) % {name: _said(value, translate) for name, value in self.values.items()}


def _said(value: str | tuple[str, ...], translate: Callable[[str], str]) -> str:
    if isinstance(value, str):
        return translate(value)
    *first, last = (translate(each) for each in value)
    return translate(N_("%(first)s or %(last)s")) % {"first": ", ".join(first), "last": last} if first else last
