"""Errors that a person can be told in one sentence. The message of each is that sentence."""

from collections.abc import Sequence
from dataclasses import dataclass


class FolkmootError(Exception):
    """The base of all our errors; ``str()`` is a sentence in plain English, fit to be shown."""

    status = 500
    title = "Something went wrong"


class NotFound(FolkmootError):
    """There is nothing here, or nothing that the asker may know of."""

    status = 404
    title = "Not found"


class SignInRequired(FolkmootError):
    """The page is for people who have signed in, the call for holders of a token."""

    status = 401
    title = "Sign in first"


class Forbidden(FolkmootError):
    """The person is known and lacks the permission."""

    status = 403
    title = "You cannot do this"


class Refused(FolkmootError):
    """A rule of the domain says no: the state of things does not allow it now."""

    status = 409
    title = "This is not possible now"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: where it stands, and a sentence that says how to put it right."""

    where: str
    sentence: str


class Unprocessable(FolkmootError):
    """What was sent is well formed and breaks rules; ``faults`` names each of them."""

    status = 422
    title = "Some of what you sent needs to change"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(fault.sentence for fault in faults))
        self.faults = tuple(faults)


class Malformed(FolkmootError):
    """The bytes are not what their content type says."""

    status = 400
    title = "We could not read what you sent"


class TooLarge(FolkmootError):
    """The body is over the limit of its address."""

    status = 413
    title = "What you sent is too large"


class TooMany(FolkmootError):
    """Too many tries in a short time."""

    status = 429
    title = "Too many tries"


class Busy(FolkmootError):
    """More is waiting to be saved than we can hold; nothing was saved."""

    status = 503
    title = "The service is busy"


class Unavailable(Busy):
    """The database, or another service that is needed, cannot be reached; nothing was saved."""

    title = "The service is not available"


class Clash(Refused):
    """A row breaks a rule of the database: its key is taken, or what it refers to is gone. Nothing was saved."""


class UnscopedQuery(FolkmootError):
    """A query on site data would have run without a site, or around the session's filter."""


class CrossSiteWrite(FolkmootError):
    """A row of one site was about to be written in the session of another."""


class ConfigurationFaults(FolkmootError):
    """The configuration or the plugins cannot be used; ``faults`` lists everything that is wrong at once."""

    title = "The configuration has faults"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
