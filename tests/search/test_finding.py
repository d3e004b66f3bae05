"""What is found by which words, and in which order: alike on both databases."""

from datetime import timedelta

import pytest
from shelves import PLUGIN, Ask, Fill, book, titles

from folkmoot.store import search as store
from folkmoot.store.search import Scope, service
from folkmoot.testing import Instance


@pytest.mark.parametrize("typed", ["care", "caring", "cared", "CARES", "  care  ", "Cáre", "care's", "“care”"])
async def test_every_form_of_an_english_word_finds_the_others(fill: Fill, ask: Ask, typed: str) -> None:
    await fill(book("Caring at home"), book("Roads", "Nobody cared for them."), book("Carts"))
    assert sorted(titles(await ask(typed))) == ["Caring at home", "Roads"]


async def test_all_words_must_be_there_in_title_or_text(fill: Fill, ask: Ask) -> None:
    await fill(book("Care", "in a home"), book("Care"), book("Homes"))
    assert titles(await ask("home care")) == ["Care"]
    assert (await ask("home care roads")).total == 0


async def test_words_that_every_text_has_are_passed_over_beside_others(fill: Fill, ask: Ask) -> None:
    await fill(book("Complaints about care"), book("To be, or not to be"))
    assert titles(await ask("what do we do about complaints in the care")) == ["Complaints about care"]
    assert titles(await ask("what do we find about complaints in the care")) == []
    assert titles(await ask("to be")) == ["To be, or not to be"]


async def test_a_phrase_is_found_side_by_side_and_does_not_reach_from_title_into_text(fill: Fill, ask: Ask) -> None:
    await fill(
        book("Care homes"), book("Homes", "for care"), book("Of care", "homes for all"), book("Caring for homes")
    )
    assert titles(await ask('"care home"')) == ["Care homes"]
    assert sorted(titles(await ask("care home"))) == ["Care homes", "Caring for homes", "Homes", "Of care"]


async def test_welsh_letters_are_found_by_who_has_no_key_for_them(fill: Fill, ask: Ask) -> None:
    await fill(book("Dŵr glân", "tŷ ŷd", locale="cy"))
    for typed in ("dwr", "DŴR", "dŵr glan", "ty yd", "dw\u0302r"):
        assert titles(await ask(typed, locale="cy")) == ["Dŵr glân"], typed


async def test_welsh_words_are_not_cut_as_if_they_were_english(fill: Fill, ask: Ask) -> None:
    await fill(book("Gofalus", locale="cy"), book("Gofalu", locale="cy", key="b"))
    assert titles(await ask('"gofalu"', locale="cy")) == ["Gofalu"]


@pytest.mark.parametrize("typed", ["consu", "consult", "consultat", "consultatio", "open consultati"])
async def test_the_last_word_may_be_the_beginning_of_one(fill: Fill, ask: Ask, typed: str) -> None:
    await fill(book("An open consultation"), book("Roads"))
    assert titles(await ask(typed)) == ["An open consultation"]


async def test_only_the_last_word_may_be_a_beginning_and_never_a_phrase(fill: Fill, ask: Ask) -> None:
    await fill(book("An open consultation"))
    assert (await ask("consultat open")).total == 0
    assert (await ask('"open consultat"')).total == 0


async def test_a_title_weighs_more_than_a_text(fill: Fill, ask: Ask) -> None:
    filler = "words that say other things and go on for a while "
    await fill(
        book("Roads", f"{filler}care {filler}"),
        book("Dementia care", filler),
        book("Paths", f"care {filler * 5}"),
        book("Bridges", filler),
    )
    assert titles(await ask("care"))[0] == "Dementia care"


async def test_words_together_in_a_title_come_before_the_same_words_apart(fill: Fill, ask: Ask) -> None:
    await fill(book("Care of every home"), book("Care homes"), book("Home and care"))
    assert titles(await ask("care home"))[0] == "Care homes"


async def test_the_reader_gets_each_thing_once_in_their_language_or_else_in_another(fill: Fill, ask: Ask) -> None:
    await fill(
        book("Plan care", key="plan"),
        book("Cynllun care", key="plan", locale="cy"),
        book("Only English care", key="only"),
    )
    english, welsh = await ask("care"), await ask("care", locale="cy")
    assert [(hit.title, hit.locale) for hit in welsh.hits] == [("Cynllun care", "cy"), ("Only English care", "en")]
    assert sorted(titles(english)) == ["Only English care", "Plan care"]
    assert english.total == welsh.total == 2


async def test_kinds_are_counted_whatever_was_chosen(fill: Fill, ask: Ask) -> None:
    await fill(book("Care one"), book("Care two"))
    await fill(book("Care three"), source="leaflets")
    everything, leaflets = await ask("care"), await ask("care", kinds=("leaflets",))
    assert everything.kinds == leaflets.kinds == {"books": 2, "leaflets": 1}
    assert (everything.total, leaflets.total, titles(leaflets)) == (3, 1, ["Care three"])
    assert (await ask("care", kinds=('odd " name', "x'y"))).total == 0


async def test_pages_hold_every_hit_once(fill: Fill, ask: Ask) -> None:
    await fill(*[book(f"Care {n}") for n in range(45)])
    pages = [await ask("care", skip=skip) for skip in (0, 20, 40, 60)]
    assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
    assert {page.total for page in pages} == {45}
    assert len({hit.path for page in pages for hit in page.hits}) == 45


async def test_a_word_that_too_many_have_says_so_and_still_finds_titles_first(
    fill: Fill, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CANDIDATES", 30)
    await fill(book("Care of the old"))
    await fill(*[book(f"Number {n}", "care") for n in range(60)], source="leaflets")
    found = await ask("care")
    assert (found.total, found.capped) == (30, True)
    assert titles(found)[0] == "Care of the old"
    narrow = await ask("care", kinds=("books",))
    assert (narrow.total, narrow.capped, titles(narrow)) == (1, False, ["Care of the old"])


async def test_a_word_that_many_of_a_large_index_have_and_one_that_few_have(fill: Fill, ask: Ask) -> None:
    """PostgreSQL goes two ways about it; both must find, and hide, the same."""
    await fill(*[book(f"Number {n}", "care zymurgy" if n == 7 else "care") for n in range(240)])
    assert (await ask("zymurgy")).total == 1
    assert (await ask("care")).total == 240
    assert (await ask("care", plugins=("another",))).total == 0


async def test_things_show_from_their_instant_to_their_end(instance: Instance, fill: Fill, ask: Ask) -> None:
    now = instance.clock.now()
    opens, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    await fill(book("Care", shown_from=opens, shown_until=ends))
    counts = [(await ask("care", now=at)).total for at in (now, opens, ends - timedelta(seconds=1), ends)]
    assert counts == [0, 1, 1, 0]
    async with instance.desk().reading() as session:
        assert await store.next_change(session, now) == opens
        assert await store.next_change(session, opens) == ends
        assert await store.next_change(session, ends) is None


async def test_suggestions_are_titles_that_have_what_is_typed(instance: Instance, fill: Fill) -> None:
    await fill(book("Consultation on care"), book("Roads", "consultations"), book("The Who", key="who"))

    async def suggested(text: str) -> list[str]:
        scope = Scope((PLUGIN,), "en", instance.clock.now())
        async with instance.desk().reading() as session:
            return [hit.title for hit in await store.suggest(session, text, scope)]

    for typed in ("con", "consultat", "care consultation", "on ca"):
        assert await suggested(typed) == ["Consultation on care"], typed
    assert await suggested("the wh") == ["The Who"]
    assert await suggested("co") == await suggested("  ") == await suggested("zzz") == []
