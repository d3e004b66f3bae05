"""Questions and answers as GOV.UK components."""

from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest

from folkmoot.forms import QUESTION_TYPES, FormDefinition, answer_rows, parse_definition

HOSTILE = "<script>alert('x')</script>"
OPTIONS = [
    {"key": "a", "label": f"A {HOSTILE}"},
    {"key": "b", "label": "B"},
    {"key": "c", "label": "C", "exclusive": True},
]


class Tags(HTMLParser):
    """The start tags of a page with their attributes, and the text within the latest of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.found if tag == name]


def asked(type_: str, **more: Any) -> FormDefinition:
    question = {"key": "q", "type": type_, "label": f"Why? {HOSTILE}", "hint": f"Because {HOSTILE}", **more}
    if type_ in {"single", "multiple"}:
        question["options"] = OPTIONS
    return parse_definition({"pages": [{"title": "Page", "questions": [question]}]})


def rendered(
    macros: ModuleType, form: FormDefinition, value: object = None, problem: str | None = None, **more: Any
) -> str:
    return str(macros.question(form.fields["q"].question, value, problem, more.pop("locale", "en"), str, **more))


@pytest.mark.parametrize("type_", QUESTION_TYPES)
def test_every_type_escapes_words_and_values_and_has_no_inline_style_or_script(macros: ModuleType, type_: str) -> None:
    value = [HOSTILE] if type_ == "multiple" else HOSTILE
    page = Tags(rendered(macros, asked(type_), value, f"Wrong {HOSTILE}"))
    assert "script" not in {tag for tag, _ in page.found}
    assert not [attrs for _, attrs in page.found for name in attrs if name == "style" or name.startswith("on")]
    assert f"Why? {HOSTILE} (optional)" in page.texts


@pytest.mark.parametrize("type_", QUESTION_TYPES)
def test_the_error_summary_can_link_to_the_first_input(macros: ModuleType, type_: str) -> None:
    page = Tags(rendered(macros, asked(type_), problem="Wrong"))
    ids = [attrs["id"] for _, attrs in page.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    (first, *_) = page.named("input") + page.named("textarea")
    assert (first["id"], first["name"]) == ("q", "q")
    described = [str(attrs["aria-describedby"]).split() for _, attrs in page.found if "aria-describedby" in attrs]
    assert {"q-error", "q-hint"} <= set(described[0]) <= set(ids)


@pytest.mark.parametrize("type_", QUESTION_TYPES)
def test_a_question_without_a_problem_shows_none(macros: ModuleType, type_: str) -> None:
    assert "error" not in rendered(macros, asked(type_))


@pytest.mark.parametrize("type_", QUESTION_TYPES)
def test_the_label_is_the_heading_only_where_asked(macros: ModuleType, type_: str) -> None:
    alone, among = rendered(macros, asked(type_), heading=True), rendered(macros, asked(type_))
    assert (len(Tags(alone).named("h1")), len(Tags(among).named("h1"))) == (1, 0)
    assert "--l" in alone
    assert "--m" in among


def test_a_required_question_is_not_called_optional(macros: ModuleType) -> None:
    assert "(optional)" not in rendered(macros, asked("text", required=True))


def test_values_are_kept(macros: ModuleType) -> None:
    (box,) = Tags(rendered(macros, asked("text"), 'say "hi" & <go>')).named("input")
    assert (box["value"], box["autocomplete"]) == ('say "hi" & <go>', "off")
    page = rendered(macros, asked("long_text"), "a\n  b </textarea>")
    assert ">a\n  b &lt;/textarea&gt;</textarea>" in page
    radios = Tags(rendered(macros, asked("single"), "b")).named("input")
    assert [attrs["value"] for attrs in radios if "checked" in attrs] == ["b"]
    boxes = Tags(rendered(macros, asked("multiple"), ["a", "c"])).named("input")
    assert [attrs["value"] for attrs in boxes if "checked" in attrs] == ["a", "c"]


def test_a_field_sent_twice_is_shown_again_empty(macros: ModuleType) -> None:
    (box,) = Tags(rendered(macros, asked("text"), ["a", "b"])).named("input")
    assert "value" not in box


def test_an_exclusive_option_stands_apart(macros: ModuleType) -> None:
    page = Tags(rendered(macros, asked("multiple")))
    assert [attrs.get("data-behaviour") for attrs in page.named("input")] == [None, None, "exclusive"]
    assert [attrs["id"] for attrs in page.named("input")] == ["q", "q-2", "q-3"]
    assert "or" in page.texts


@pytest.mark.parametrize(
    ("limits", "attributes", "hint"),
    [
        (None, {"data-maxlength": "10000", "data-threshold": "75"}, "You can enter up to 10000 characters"),
        ({"max_length": 300}, {"data-maxlength": "300"}, "You can enter up to 300 characters"),
        ({"max_words": 30}, {"data-maxwords": "30"}, "You can enter up to 30 words"),
    ],
)
def test_the_counter_counts_what_the_server_counts(
    macros: ModuleType, limits: dict[str, int] | None, attributes: dict[str, str], hint: str
) -> None:
    page = Tags(rendered(macros, asked("long_text", limits=limits)))
    counter = page.named("div")[0]
    known = {"data-maxlength", "data-maxwords", "data-threshold"}
    assert {name: value for name, value in counter.items() if name in known} == attributes
    assert counter["data-i18n.characters-under-limit.other"] == "You have %{count} characters remaining"
    assert hint in page.texts


def test_the_pages_own_words_are_translated(macros: ModuleType, form: FormDefinition) -> None:
    page = str(macros.question(form.fields["carer"].question, None, "Gwall", "cy", lambda _: "CYFIEITHIAD"))
    assert "CYFIEITHIAD:" in page
    assert "Nac ydw" in page


def test_answers_are_summed_up_with_a_way_to_change_each(macros: ModuleType, form: FormDefinition) -> None:
    answers = {"carer": "yes", "help": ["family", "paid"], "wish": f"First\n{HOSTILE}"}
    markup = str(macros.answers_summary(answer_rows(form, answers, "cy"), lambda page: f"/respond/{page}", str))
    page = Tags(markup)
    assert [attrs["href"] for attrs in page.named("a")] == [
        "/respond/1#carer",
        "/respond/1#name",
        "/respond/2#help",
        "/respond/3#wish",
        "/respond/3#other",
    ]
    assert '<span class="govuk-visually-hidden"> Your name</span>' in markup
    assert "First<br>&lt;script&gt;" in markup
    assert len(page.named("li")) == 2
    assert page.texts.count("Not answered") == 2
    assert "Ydw" in page.texts


def test_a_hidden_question_is_not_summed_up(form: FormDefinition) -> None:
    assert [row.key for row in answer_rows(form, {"carer": "no", "help": ["paid"]}, "en")] == ["carer", "name", "other"]
