"""GOV.UK Notify: one template with the placeholders ((subject)) and ((body)), and our reference for each message.

When a message was tried before, Notify is asked first whether it has our reference: so a message whose answer was lost
is not sent again.
"""

import time
from typing import TYPE_CHECKING, Any

from folkmoot.kernel.settings import MailSection
from folkmoot.mail.backends.outcomes import NotNow, RefusedForGood
from folkmoot.mail.letters import Letter, check_header

if TYPE_CHECKING:
    import httpx

# An API key is “name-service id-secret”; both ids are UUIDs of 36 signs.
UUID_LENGTH = 36
# What can be put right on our side, or passes by itself: the key, the clock, the rate.
PASSING = frozenset({401, 403, 408, 425, 429})


class NotifyBackend:
    """Calls version 2 of Notify's API."""

    name = "notify"

    def __init__(self, settings: MailSection) -> None:
        key = settings.notify_api_key
        self._settings = settings
        self._secret = key[-UUID_LENGTH:]
        self._service = key[-2 * UUID_LENGTH - 1 : -UUID_LENGTH - 1]

    async def send(self, letter: Letter) -> str:
        """Send one message, and return Notify's id of it."""
        import httpx

        try:
            async with httpx.AsyncClient(timeout=self._settings.timeout, trust_env=False) as client:
                known = await self._find(client, letter.reference) if letter.again else ""
                return known or await self._post(client, letter)
        except httpx.HTTPError as error:
            raise NotNow(
                f"GOV.UK Notify could not be reached, or stopped answering ({type(error).__name__})."
            ) from None

    async def _post(self, client: "httpx.AsyncClient", letter: Letter) -> str:
        body: dict[str, Any] = {
            "email_address": letter.address,
            "template_id": self._settings.notify_template_id,
            "personalisation": {"subject": check_header("subject", letter.subject), "body": letter.body},
            "reference": letter.reference,
        }
        if letter.unsubscribe.startswith("https://"):
            body["one_click_unsubscribe_url"] = letter.unsubscribe
        answer = await client.post(self._address("email"), json=body, headers=self._headers())
        if answer.status_code == 201:
            return _id_in(answer.json())
        raise _refusal(answer)

    async def _find(self, client: "httpx.AsyncClient", reference: str) -> str:
        answer = await client.get(self._address(""), params={"reference": reference}, headers=self._headers())
        if answer.status_code != 200:
            raise NotNow(f"GOV.UK Notify did not say whether it has the message: {answer.status_code}.")
        found = answer.json().get("notifications", [])
        return _id_in(found[0]) if found else ""

    def _address(self, kind: str) -> str:
        return f"{self._settings.notify_url.rstrip('/')}/v2/notifications{'/' + kind if kind else ''}"

    def _headers(self) -> dict[str, str]:
        from joserfc import jwt
        from joserfc.jwk import OctKey

        claims = {"iss": self._service, "iat": int(time.time())}
        token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(self._secret))
        return {"authorization": f"Bearer {token}"}


def _id_in(answer: Any) -> str:
    return str(answer.get("id", ""))[:120]


def _refusal(answer: "httpx.Response") -> NotNow | RefusedForGood:
    said = f"GOV.UK Notify answered {answer.status_code}{_reason(answer)}."
    if answer.status_code >= 500 or answer.status_code in PASSING:
        return NotNow(said)
    return RefusedForGood(said)


def _reason(answer: "httpx.Response") -> str:
    """Return what Notify says is wrong; it names kinds of fault, not what was sent."""
    try:
        errors = answer.json()["errors"]
        return ": " + "; ".join(f"{each['error']}: {each['message']}" for each in errors[:3])
    except (ValueError, KeyError, TypeError):
        return ""
