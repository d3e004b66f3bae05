"""The Welsh catalogue of the plugin."""

from folkmoot.testing import assert_translated


def test_every_message_has_its_welsh() -> None:
    assert_translated("folkmoot_publication")
