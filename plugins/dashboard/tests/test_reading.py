"""Files as they come: read, or refused with the row or column named."""

import pytest

from folkmoot.api import Unprocessable
from folkmoot_dashboard.reading import read_file

HEAD = "period,geography_code,metric,value\n"
GOOD = "2021-22,E12000007,ASC1,7.1\n"


def sentences(content: str | bytes) -> list[str]:
    with pytest.raises(Unprocessable) as refused:
        read_file(content.encode() if isinstance(content, str) else content)
    return [fault.sentence for fault in refused.value.faults]


def test_columns_are_known_by_several_names() -> None:
    text = (
        "Financial year,Local authority code,Local authority name,Region,Measure,Code,Value\n"
        '2021-22,E09000001,City of London,London,"Outcome, ASC Carer Quality of Life",ASC1,7.7\n'
    )
    [one] = read_file(text.encode())
    assert (one.period.key, one.geography.name, one.metric, one.value) == ("2021-22", "City of London", "asc1", "7.7")
    assert one.metric_name == "Outcome, ASC Carer Quality of Life"
    assert one.dimensions == {}


def test_other_columns_are_dimensions() -> None:
    text = HEAD.replace("value", "sex,value") + "2021-22,E12000007,ASC1,Female,7.1\n2021-22,E12000007,ASC1,Male,7.2\n"
    first, second = read_file(text.encode())
    assert first.dimensions == {"sex": "Female"}
    assert second.breakdown == "sex: Male"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(encoding: str, separator: str) -> None:
    text = (HEAD.replace("value", "café,value") + "2021-22,E12000007,ASC1,é,7.1\n").replace(",", separator)
    [one] = read_file(text.encode(encoding))
    assert one.dimensions == {"café": "é"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("2021-22,E99999999,ASC1,7", "row 3: the geography code “E99999999” is not known."),
        ("2021-22,E12000007,ASC1,seven", "row 3: the value “seven” is not a number"),
        ("21/22,E12000007,ASC1,7", "row 3: the period “21/22” is not known"),
        ("2021-22,E12000007,,7", "row 3: the metric must be a code"),
        ("2021-22,E12000007,ASC1", "row 3: it has 3 cells; row 1 has 4."),
        ("2021-22,E12000007,ASC1,7,8", "row 3: it has 5 cells; row 1 has 4."),
        ("2021/22,E12000007,asc1,7", "row 3: it gives the same metric, place and period as row 2."),
        (f"2021-22,E12000008,{'a' * 101},7", "row 3: the metric must be a code"),
        (f"2021-22,E12000008,ASC1,{'7' * 501}", "row 3: a cell is longer than 500 characters."),
    ],
)
def test_a_bad_row_is_named(row: str, words: str) -> None:
    text = HEAD + GOOD + row + "\n"
    assert sentences(text)[0].startswith(words)


def test_a_period_that_may_be_two_things_is_not_guessed() -> None:
    [sentence] = sentences(HEAD + "2003-04,E12000007,ASC1,7\n2021,E12000007,ASC1,7\n")
    assert sentence.startswith("row 2: “2003-04” may be a month or a financial year: write 2003/04")


@pytest.mark.parametrize("column", ["period", "geography_code", "metric", "value"])
def test_a_missing_column_is_named(column: str) -> None:
    kept = [name for name in HEAD.strip().split(",") if name != column]
    [sentence] = sentences(",".join(kept) + "\na,b,c\n")
    assert sentence.startswith(f"column {column} is missing: the file has ")


def test_two_columns_for_one_thing_are_refused() -> None:
    assert "column Year says the same as column period" in sentences("period,Year,geography_code,metric,value\n")[0]


def test_a_column_without_a_heading_is_refused() -> None:
    assert sentences("period,,geography_code,metric,value\n2021,a,E12000007,m,1\n")[0] == "column 2 has no heading."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (HEAD.encode(), "no rows"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"<!DOCTYPE html><p>period,geography_code,metric,value", "web page"),
        (b"period\x00,value", "not text"),
        (",".join("abcdefghij" * 200).encode(), "columns"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, words: str) -> None:
    assert words in sentences(content)[0]


def test_every_bad_row_is_named_up_to_a_hundred() -> None:
    bad = "".join(f"2021-22,E12000007,M{number},x{number}\n" for number in range(150))
    assert len(sentences(HEAD + bad)) == 100


def test_blank_lines_do_not_shift_the_numbers_of_rows() -> None:
    assert sentences(HEAD + GOOD + "\n,,,\n2021-22,E12000007,ASC2,bad\n")[0].startswith("row 5:")
