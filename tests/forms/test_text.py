"""Cleaning of typed text."""

import pytest

from folkmoot.forms.text import many_lines, one_line, shortened


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_ending_becomes_one(ending: str) -> None:
    assert many_lines(f"a{ending}b") == "a\nb"
    assert one_line(f"a {ending}{ending} b") == "a b"


@pytest.mark.parametrize(
    "unseen", ["\x00", "\x07", "\x1b", "\x7f", "\x9f", "\ud800", "\u202e", "\u2066", "\ufeff", "\uffff"]
)
def test_characters_that_nobody_sees_are_removed(unseen: str) -> None:
    assert many_lines(f"a{unseen}b") == one_line(f"a{unseen}b") == "ab"
    assert many_lines(unseen) == one_line(unseen) == ""


@pytest.mark.parametrize(
    "kept", ["a\tb", "Llanfairpwll’s £5 café", "مرحبا \u200fבְּרֵאשִׁית", "👩\u200d👩\u200d👧", "10\u00a0km", "a  b"]
)
def test_everything_that_means_something_is_kept(kept: str) -> None:
    assert many_lines(kept) == one_line(kept) == kept


def test_text_is_trimmed_at_its_ends_only() -> None:
    assert many_lines(" \r\n a \n\n  b \n") == "a \n\n  b"


def test_long_names_are_cut_at_a_space() -> None:
    assert shortened("one two three", 13) == "one two three"
    assert shortened("one two three", 12) == "one two…"
    assert shortened("x" * 20, 10) == "x" * 9 + "…"
