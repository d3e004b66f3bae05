"""What is found by which words, alike on both databases."""

import pytest
from shelves import Ask, Fill, book, titles


@pytest.mark.parametrize("typed", ["care", "caring", "cared", "CARES", "  care  ", "Cáre"])
async def test_every_form_of_an_english_word_finds_the_others(fill: Fill, ask: Ask, typed: str) -> None:
    await fill(book("Caring at home"), book("Roads", "Nobody cared for them."), book("Carts"))
    assert sorted(titles(await ask(typed))) == ["Caring at home", "Roads"]
