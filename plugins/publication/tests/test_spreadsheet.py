"""Tables of recommendations: which column is which, and what is wrong with which row."""

import pytest

from folkmoot.api import Unprocessable
from folkmoot_publication.files import ONLY_CSV, read_text
from folkmoot_publication.findings import Finding, name_rows, refusals, say, warnings
from folkmoot_publication.spreadsheet import Sheet, read_recommendations


def told(sheet: Sheet) -> list[str]:
    return [say(finding) for finding in refusals(sheet.findings)]


@pytest.mark.parametrize("ref", ["ref", "Number", "REFERENCE", "no", "No."])
@pytest.mark.parametrize("text", ["text", "Recommendation", "WORDING"])
def test_headings_are_known_in_any_case(ref: str, text: str) -> None:
    [row] = read_recommendations(f"{ref},{text},Directed_To\n1,Do it,Councils\n").rows
    assert (row.ref, row.text, row.owner) == ("1", "Do it", "Councils")


def test_other_columns_become_notes_and_none_is_lost() -> None:
    [row] = read_recommendations("ref,text,page,comment,comment,\n1,Do it,9,a,b,c\n").rows
    assert row.notes == {"page": "9", "comment": "a", "comment (5)": "b", "column 6": "c"}


def test_a_missing_title_is_made_from_the_text() -> None:
    rows = read_recommendations("ref,title,text\n1,,Train all staff. Soon.\n2,Mine,Other\n").rows
    assert [row.title for row in rows] == ["Train all staff", "Mine"]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_may_be_parted_by_commas_semicolons_or_tabs(mark: str) -> None:
    [row] = read_recommendations(f"ref{mark}text{mark}owner\r\n1{mark}Do it{mark}Councils\r\n").rows
    assert (row.ref, row.text, row.owner) == ("1", "Do it", "Councils")


def test_a_cell_may_hold_line_breaks_and_rows_count_records() -> None:
    sheet = read_recommendations('ref,text\n1,"two\nlines"\n,no ref\n3,fine\n')
    assert [row.text for row in sheet.rows] == ["two\nlines", "fine"]
    assert told(sheet) == ["row 3: There is no reference."]


def test_each_refused_row_is_named_with_its_reason_and_the_others_are_kept() -> None:
    sheet = read_recommendations(f"ref,text\n1,Fine\n1,Again\n2,\na/b,Text\n4,{'x' * 20_001}\n5,a,b\n6,Fine\n")
    assert [row.ref for row in sheet.rows] == ["1", "6"]
    assert told(sheet) == [
        "row 3: The reference 1 is used in row 2 already.",
        "row 4: There is no wording.",
        "row 5: A reference is up to 40 letters, digits, dots, hyphens or brackets, such as 12 or 3.4a",
        "row 6: The cell in the column text has more than 20,000 characters.",
        "row 7: There are more cells than the header has columns.",
    ]


def test_missing_responses_and_owners_are_warnings_that_name_the_rows() -> None:
    sheet = read_recommendations("ref,text,response,owner\n1,a,,x\n2,b,,x\n3,c,yes,\n4,d,,x\n")
    assert len(sheet.rows) == 4
    assert [say(finding) for finding in warnings(sheet.findings)] == [
        "Rows without a response: 3 (2–3, 5).",
        "Rows without an owner: 1 (4).",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("\n,\n", "The file is empty."),
        ("title,text\na,b\n", "row 1: No column is headed ref"),
        ("ref,title\n1,b\n", "row 1: No column is headed text"),
        ("ref,text,wording\n1,a,b\n", "row 1: The columns “text”, “wording” mean the same"),
        ("ref,text\n" + "1,a\n" * 10_001, "The file has more than 10,000 rows"),
        ('ref,text\n1,"' + "x" * 200_000 + '"\n', "This is not a CSV file that can be read."),
    ],
)
def test_a_table_that_cannot_be_read_says_why_and_gives_no_rows(text: str, sentence: str) -> None:
    sheet = read_recommendations(text)
    assert sheet.rows == ()
    assert told(sheet)[0].startswith(sentence)


def test_what_our_own_files_marked_as_no_formula_is_unmarked_again() -> None:
    [row] = read_recommendations("ref,text\n1,'=1+1 is not a sum\n").rows
    assert row.text == "=1+1 is not a sum"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encodings_that_spreadsheets_write_are_read(encoding: str) -> None:
    text = read_text("ref,text\n1,“Café” – £5\n".encode(encoding), where="file", otherwise=ONLY_CSV)
    [row] = read_recommendations(text).rows
    assert row.text == "“Café” – £5"


@pytest.mark.parametrize("content", [b"PK\x03\x04xlsx", b"%PDF-1.7", b"ref\x00text", b"\x81\x8d"])
def test_a_file_that_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Unprocessable) as refused:
        read_text(content, where="file", otherwise=ONLY_CSV)
    assert refused.value.faults[0].where == "file"


def test_rows_are_named_in_spans() -> None:
    assert name_rows([2, 3, 4, 7, 9, 10]) == "2–4, 7, 9–10"
    assert say(Finding(0, "Plain 100%.")) == "Plain 100%."
