"""Identifiers."""

import re

from folkmoot.kernel.ids import digest, new_id, new_reference, new_secret


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(1000)]
    assert made == sorted(made)
    assert {each.version for each in made} == {7}


def test_references_can_be_read_out() -> None:
    made = {new_reference("OCCS") for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"OCCS-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", each) for each in made)


def test_secrets_are_long_and_stored_as_digests() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(each) >= 32 for each in made)
    assert digest("a") != digest("b")
    assert len(digest("a")) == 64
