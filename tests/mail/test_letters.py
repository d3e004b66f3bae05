"""What may stand in a header, what addresses are, and links that need no login."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.mail import letters
from folkmoot.mail.addresses import address_key, masked, normal_address, without_addresses
from folkmoot.mail.keys import Keys
from folkmoot.mail.letters import Letter, as_email, check_subject, read_reference, reference_of
from folkmoot.spec.errors import Unprocessable

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
INJECTIONS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
SITE, OTHER = uuid4(), uuid4()


def letter(**changes: Any) -> Letter:
    facts: dict[str, Any] = {
        "reference": reference_of(SITE, uuid4()),
        "address": "sam@example.org",
        "subject": "Hello",
        "body": "Words\n",
        "locale": "en",
        "at": NOW,
        "sender": "no-reply@occs.example",
        "sender_name": "Engage OCCS",
    }
    return Letter(**{**facts, **changes})


@pytest.mark.parametrize("sign", INJECTIONS)
@pytest.mark.parametrize("field", ["subject", "address", "sender_name", "reply_to", "unsubscribe"])
def test_no_header_can_start_another(field: str, sign: str) -> None:
    with pytest.raises(Unprocessable):
        as_email(letter(**{field: f"x{sign}Bcc: victim@example.org"}))


@pytest.mark.parametrize("sign", INJECTIONS)
def test_a_subject_with_a_line_break_is_refused_when_it_is_written(sign: str) -> None:
    with pytest.raises(Unprocessable):
        check_subject(f"Hello{sign}Bcc: victim@example.org")


@pytest.mark.parametrize("sign", INJECTIONS)
def test_an_address_with_a_line_break_is_refused_when_it_is_written(sign: str) -> None:
    for address in (f"sam@example.org{sign}Bcc: x@example.org", f"sam{sign}@example.org", f"sam@example.org{sign}"):
        with pytest.raises(Unprocessable):
            normal_address(address)


def test_a_twin_that_lets_line_breaks_through_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "check_header", lambda where, text: text)
    with pytest.raises((pytest.fail.Exception, ValueError)):
        test_a_subject_with_a_line_break_is_refused_when_it_is_written("\r\n")


@given(name=st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1, max_size=80))
def test_any_name_of_a_site_makes_a_sound_message(name: str) -> None:
    data = as_email(letter(sender_name=name, subject=name)).as_bytes()
    read = message_from_bytes(data, policy=policy.default)
    assert [each.addr_spec for each in read["From"].addresses] == ["no-reply@occs.example"]
    assert [each.addr_spec for each in read["To"].addresses] == ["sam@example.org"]
    ours = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"}
    assert set(read.keys()) == ours | {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


@given(body=st.text(st.characters(exclude_categories=["Cs"]), max_size=500))
def test_any_body_comes_through(body: str) -> None:
    read = message_from_bytes(as_email(letter(body=body)).as_bytes(), policy=policy.default)
    lines = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    assert str(read.get_content()).replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") == lines


def test_mail_to_subscribers_has_the_headers_of_one_click_unsubscribing() -> None:
    link = "https://engage.occs.example/subscriptions/unsubscribe/token"
    message = as_email(letter(unsubscribe=link))
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_link_is_not_broken_in_its_header() -> None:
    link = "https://engage.occs.example/subscriptions/unsubscribe/" + "x" * 200
    data = as_email(letter(unsubscribe=link)).as_bytes()
    read = message_from_bytes(data, policy=policy.default)
    assert read["List-Unsubscribe"].replace(" ", "") == f"<{link}>"


def test_a_reference_names_its_site_and_message_in_every_place_where_it_stands() -> None:
    one = letter()
    named = read_reference(one.reference)
    assert named is not None
    assert named[0] == SITE
    assert read_reference(one.message_id) == named
    for nonsense in ("", "x", "<x@y>", one.reference[:-1], one.reference[1:], "0" * 200):
        assert read_reference(nonsense) is None


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Sam@Example.ORG ", "sam@example.org"),
        ("o'neill+news@example.org", "o'neill+news@example.org"),
        ("sam@dŵr.cymru", "sam@xn--dr-bva.cymru"),
    ],
)
def test_addresses_are_stored_one_way(typed: str, stored: str) -> None:
    assert normal_address(typed) == stored


def test_addresses_are_masked_and_taken_out_of_what_servers_say() -> None:
    assert masked("sam@example.org") == "s…@example.org"
    assert (
        without_addresses("550 <sam@example.org>:\r\n no, not sam@example.org!") == "550 <(address)>: no, not (address)"
    )
    assert address_key(SITE, "sam@example.org") != address_key(OTHER, "sam@example.org")


KEYS = Keys("k" * 40)


def test_a_token_of_one_site_or_purpose_is_none_elsewhere() -> None:
    made = uuid4()
    token = KEYS.unsubscribe_token(SITE, made)
    assert KEYS.read_unsubscribe_token(SITE, token) == (made, True)
    assert KEYS.read_unsubscribe_token(OTHER, token) == (made, False)
    assert Keys("other" * 10).read_unsubscribe_token(SITE, token) == (made, False)
    assert KEYS.read_manage_token(SITE, token) is None
    key = address_key(SITE, "sam@example.org")
    manage = KEYS.manage_token(SITE, key, NOW)
    assert KEYS.read_manage_token(SITE, manage) == (key, NOW)
    assert KEYS.read_manage_token(OTHER, manage) is None
    assert KEYS.read_unsubscribe_token(SITE, manage) is None


@given(token=st.text(max_size=80))
def test_what_is_no_token_is_read_as_none(token: str) -> None:
    assert KEYS.read_manage_token(SITE, token) is None
    read = KEYS.read_unsubscribe_token(SITE, token)
    assert read is None or read[1] is False


def test_a_token_with_another_expiry_is_none() -> None:
    key = address_key(SITE, "sam@example.org")
    early, late = [KEYS.manage_token(SITE, key, NOW + timedelta(days=days)) for days in (0, 1)]
    # The address and the expiry of one with the seal of the other.
    assert KEYS.read_manage_token(SITE, late[:28] + early[28:]) is None
