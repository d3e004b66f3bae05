"""References, keys, slugs and titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot_publication.references import NOT_GIVEN, key_of, read_reference, slug_of, sort_key, title_of


def test_references_sort_as_people_count() -> None:
    refs = ["10", "2", "33.10a", "33.9", "33.10", "1"]
    assert sorted(refs, key=sort_key) == ["1", "2", "10", "33.9", "33.10", "33.10a"]


@given(st.text(alphabet="0123456789aAbB.-", min_size=1, max_size=8), st.text(alphabet="0123456789aAbB.-", max_size=8))
def test_two_references_never_share_a_place(first: str, second: str) -> None:
    assert (sort_key(first) == sort_key(second)) == (first == second)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 12. ", "12"),
        ("Recommendation 7:", "7"),
        ("Rec. 3.4a", "3.4a"),
        ("12 (b)", "12-(b)"),
        ("a/b", ""),
        ("1?x=2", ""),
        ("report.csv", ""),
        ("", ""),
        ("1" * 41, ""),
    ],
)
def test_a_reference_is_what_can_stand_in_an_address(typed: str, kept: str) -> None:
    assert read_reference(typed) == kept


def test_a_label_and_its_key_have_the_same_key() -> None:
    assert key_of("Press & Police") == key_of(key_of("Press & Police")) == "press-police"
    assert key_of("  ") == NOT_GIVEN
    assert key_of("Iechyd a gofal – tŷ") == "iechyd-a-gofal-ty"


def test_a_slug_is_made_from_a_title_or_not_at_all() -> None:
    assert slug_of("The Response: 2026!") == "the-response-2026"
    assert slug_of("…") == ""
    assert slug_of("New") == ""


def test_a_title_is_the_first_sentence_cut_at_a_word() -> None:
    assert title_of("Train all staff. Do it soon.") == "Train all staff"
    assert title_of("The panel: (a) must be independent; (b) must be fair.") == "The panel: (a) must be independent"
    long = title_of("word " * 60)
    assert len(long) <= 100
    assert long.endswith("word…")
