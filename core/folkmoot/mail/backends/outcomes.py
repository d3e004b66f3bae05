"""What can come of sending a message: the id under which the provider has it, or one of two refusals."""

from typing import Protocol

from folkmoot.mail.addresses import without_addresses
from folkmoot.mail.letters import Letter
from folkmoot.spec.errors import FolkmootError

LONGEST = 280


class _Refusal(FolkmootError):
    """What a provider said, without addresses: it is kept and shown to staff."""

    def __init__(self, sentence: str) -> None:
        super().__init__(without_addresses(sentence)[:LONGEST])


class NotNow(_Refusal):
    """The message did not leave, or nobody can say whether it did: try again later."""

    status = 503
    title = "The email could not be sent now"


class RefusedForGood(_Refusal):
    """The provider will never take this message.

    :param bounced: whether that is because there is no such mailbox
    """

    title = "The email was refused"

    def __init__(self, sentence: str, *, bounced: bool = False) -> None:
        super().__init__(sentence)
        self.bounced = bounced


class Backend(Protocol):
    """Sends letters, one at a time."""

    name: str

    async def send(self, letter: Letter) -> str:
        """Send, and return the provider's id of the message, or empty; raises ``NotNow`` or ``RefusedForGood``."""
