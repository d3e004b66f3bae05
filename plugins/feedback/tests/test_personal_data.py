"""What is held back before staff see it, and what must not be."""

import csv
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot_feedback.personal_data import find_personal_data, is_nhs_number

DATA = Path(os.environ.get("FOLKMOOT_SAMPLE_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
COMMENTS = DATA / "freetext" / "nhs_patient_comments.csv"
OWN = ["I waited 45 minutes on ward 7b.", "Staff were kind at 3 am and 4pm.", "Bed 12, second floor, 10 out of 10."]


def comments() -> list[str]:
    """The real comments, which name nobody, where they are; else three of our own."""
    if not COMMENTS.is_file():
        return OWN
    with COMMENTS.open(encoding="utf-8-sig", newline="") as file:
        return [text for row in csv.DictReader(file) for text in row.values() if text]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to a.person+care@example.org.uk today", "email address"),
        ("Mail me: o'neill@example.com.", "email address"),
        ("ring 020 7946 0018 after six", "phone number"),
        ("ring 07700 900123", "phone number"),
        ("ring 07700900123.", "phone number"),
        ("+44 7700 900 123", "phone number"),
        ("+44 (0)113 496 0018", "phone number"),
        ("(0113) 496 0018", "phone number"),
        ("my number is 943 476 5919", "NHS number"),
        ("943-476-5919", "NHS number"),
        ("9434765919", "NHS number"),
        ("QQ is not used but AB 12 34 56 C is", "National Insurance number"),
        ("ab123456c", "National Insurance number"),
        ("I live at LS1 4AP", "postcode"),
        ("ec1a1bb", "postcode"),
        ("near SW1A 2AA,", "postcode"),
    ],
)
def test_personal_data_is_found(text: str, kind: str) -> None:
    assert kind in find_personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The page of 12 March 2026 at 10:30 was wrong.",
        "It costs £1,234,567.89 for 2021-22, 20 per cent more than in 2020-21.",
        "Reference OCCS-7K2M-9QXD, dataset version 1.2.0, indicator 1D part 2.",
        "Paragraph 3.14 of chapter 4, the 2nd sentence, figure 7b.",
        "Our budget is 0.1234567890 of the total",
        "It counts 1234567890 people",
        "943 476 5918 has the wrong check digit",
        "From 2015 to 2021 it rose by 0800 points",
        "Section e3 4th line, and m1 2nd line",
        "BG 12 34 56 C and QQ 12 34 56 C are never given out",
        "I typed “care @ home” and @occs in the box",
        "The motorway M25 and the form SF1 of the A1M",
        "ISBN 978-0-10-123456-7 has an error",
        "0000000000",
        "Open 0900-1700 on weekdays",
        "/publications/report#para-1.12",
    ],
)
def test_ordinary_text_is_let_through(text: str) -> None:
    assert find_personal_data(text) == []


def test_comments_that_name_nobody_are_all_let_through() -> None:
    found = [number for number, text in enumerate(comments()) if find_personal_data(text)]
    assert found == []


def test_every_kind_is_named_once_and_in_order() -> None:
    text = "a@b.org c@d.org 07700 900123 943 476 5919 AB123456C LS1 4AP"
    assert find_personal_data(text) == [
        "email address",
        "phone number",
        "NHS number",
        "National Insurance number",
        "postcode",
    ]


@given(st.text("0123456789", min_size=9, max_size=9))
def test_at_most_one_check_digit_fits_nine_digits(nine: str) -> None:
    assert sum(is_nhs_number(f"{nine}{digit}") for digit in range(10)) <= 1


@given(st.text(st.characters(blacklist_categories=["Nd", "Cs"], blacklist_characters="@"), max_size=400))
def test_text_without_digits_and_at_signs_is_never_held(text: str) -> None:
    if not re.search(r"\d", text):
        assert find_personal_data(text) == []


@pytest.mark.parametrize("unit", ["0", "+44 ", "a@", "a.", "1 ", "(", "AB1", "- "])
def test_hostile_text_is_read_in_a_blink(unit: str) -> None:
    import time

    start = time.perf_counter()
    find_personal_data(unit * 5_000)
    assert time.perf_counter() - start < 2
