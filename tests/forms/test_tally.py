"""Counts of closed questions."""

from folkmoot.forms import FormDefinition, tally


def test_closed_questions_are_counted_by_option(form: FormDefinition) -> None:
    submissions: list[dict[str, object]] = [
        {"carer": "yes", "help": ["family", "paid"], "name": "Ann"},
        {"carer": "yes", "help": ["paid"]},
        {"carer": "no"},
        {"name": "Bob"},
    ]
    counted = tally(form, iter(submissions))
    assert set(counted) == {"carer", "help"}
    assert counted["carer"].as_json("cy") == {
        "total": 3,
        "options": [{"key": "yes", "label": "Ydw", "count": 2}, {"key": "no", "label": "Nac ydw", "count": 1}],
    }
    assert counted["help"].total == 2
    assert [(option.key, option.count) for option in counted["help"].options] == [
        ("family", 1),
        ("paid", 2),
        ("none", 0),
    ]


def test_what_is_hidden_or_no_option_of_the_form_is_not_counted(form: FormDefinition) -> None:
    counted = tally(form, [{"carer": "no", "help": ["paid"]}, {"carer": "gone"}, {"carer": {"yes": 1}}])
    assert counted["help"].total == 0
    assert (counted["carer"].total, counted["carer"].options[0].count) == (1, 0)


def test_nothing_sent_counts_nothing(form: FormDefinition) -> None:
    assert tally(form, [])["carer"].total == 0
