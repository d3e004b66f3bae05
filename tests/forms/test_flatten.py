"""Answers as flat rows."""

from folkmoot.forms import FormDefinition, codebook, columns, flatten

COLUMNS = ("carer", "name", "help.family", "help.paid", "help.none", "wish", "other")


def test_there_is_a_column_for_each_question_and_each_option_of_several(form: FormDefinition) -> None:
    assert columns(form) == COLUMNS


def test_a_row_has_every_column_in_order(form: FormDefinition) -> None:
    row = flatten(form, {"other": "No", "help": ["paid"], "carer": "yes"})
    assert tuple(row) == COLUMNS
    assert tuple(row.values()) == ("yes", "", "", "1", "", "", "No")


def test_what_is_hidden_is_never_exported(form: FormDefinition) -> None:
    row = flatten(form, {"carer": "no", "help": ["family"], "wish": "secret"})
    assert tuple(row.values()) == ("no", "", "", "", "", "", "")


def test_the_codebook_says_what_each_column_holds(form: FormDefinition) -> None:
    by_column = {entry.column: entry for entry in codebook(form)}
    carer, paid = by_column["carer"], by_column["help.paid"]
    assert (carer.page, carer.type, carer.required, [option.key for option in carer.options]) == (
        1,
        "single",
        True,
        ["yes", "no"],
    )
    assert (paid.page, paid.question, paid.option, paid.options) == (2, "help", "paid", ())
    assert (paid.label.in_("en"), paid.show_if) == ("What help do you have?", "carer == 'yes'")
    assert paid.option_label is not None
    assert paid.option_label.in_("en") == "Paid care"
