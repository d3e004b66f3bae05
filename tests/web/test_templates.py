"""The core's templates: each renders in English and Welsh, is sound HTML, and lets nothing hostile through."""

import html as markup
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from contexts import BARE, CODES, CONTEXTS, SIGNED_IN, STANDALONE
from jinja2 import Environment
from markupsafe import Markup

from folkmoot.web.render import create_environment
from folkmoot.web.words import translations

TEMPLATES = Path(str(files("folkmoot.web"))) / "templates"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def site(name: str = "Have your say") -> SimpleNamespace:
    return SimpleNamespace(
        slug="occs",
        name=name,
        organisation="Office for Community Care Standards",
        short_name="OCCS",
        kind="executive-ndpb",
        phase="beta",
        locales=("en", "cy"),
        contact_email="contact@occs.example",
        accessibility_contact=None,
        brand_colour="#00625a",
        status="live",
    )


def shell(template: str, locale: str, **changes: Any) -> dict[str, Any]:
    """What every template is given, in the shape that the page renderer promises."""
    prefix = "/cy" if locale == "cy" else ""
    person = SimpleNamespace(email="asha@occs.example", name="Asha", permissions=frozenset({"feedback.read"}))
    return {
        "site": site(),
        "locale": locale,
        "locales": [("en", "English", "/about", locale == "en"), ("cy", "Cymraeg", "/cy/about", locale == "cy")],
        "path": "/about",
        "origin": "https://engage.occs.example",
        "translate": lambda message: translations(locale).gettext(message),
        "url": lambda path: prefix + path,
        "asset": lambda logical: f"/static/{logical}",
        "brand_css": "/static/brand.css",
        "nav": [("Consultations", f"{prefix}/consultations", True)],
        "footer_links": [("Privacy", f"{prefix}/privacy")],
        "person": person if template in SIGNED_IN else None,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf" value="t">') if template in SIGNED_IN else "",
        "page_end": [Markup('<section class="fm-page-feedback" aria-label="About us"></section>')],
        "console_nav": [],
        "request_id": "0198c0de",
        **CONTEXTS[template],
        **changes,
    }


@dataclass
class Page(HTMLParser):
    """Elements in the order that they open, text by element, and a fault for each tag that does not close in turn."""

    html: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.faults += [f"<{tag}> is not closed" for tag in self.stack]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"{name} twice on <{tag}>" for name in set(names) if names.count(name) > 1]
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.stack[-1] if self.stack else "", data.strip()))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    def text(self, tag: str) -> str:
        return " ".join(data for inside, data in self.texts if inside == tag)

    def values(self, name: str) -> list[str]:
        return [attrs[name] for _, attrs in self.elements if name in attrs]


def create() -> Environment:
    nothing_active: Any = SimpleNamespace(active=())
    return create_environment(nothing_active)


@pytest.fixture(scope="module")
def environment() -> Environment:
    return create()


def render(environment: Environment, template: str, locale: str = "en", **changes: Any) -> str:
    return environment.get_template(template).render(shell(template, locale, **changes))


both_languages = pytest.mark.parametrize("locale", ["en", "cy"])
every_page = pytest.mark.parametrize("template", sorted(CONTEXTS))


def test_every_page_of_the_core_is_rendered_by_these_tests() -> None:
    pages = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    frames = {"layout.html", "console.html", "errors/layout.html"}
    assert {page for page in pages - frames if not page.startswith(("macros/", "parts/"))} == set(CONTEXTS)


@every_page
@both_languages
def test_a_page_is_well_formed_and_has_one_heading_one_main_and_its_language(
    environment: Environment, template: str, locale: str
) -> None:
    page = Page(render(environment, template, locale))
    assert page.faults == []
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert page.all("html")[0]["lang"] == locale
    assert page.text("h1") in page.text("title") or template == "search.html"
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))


@every_page
@both_languages
def test_nothing_on_a_page_needs_a_relaxed_content_security_policy(
    environment: Environment, template: str, locale: str
) -> None:
    html = render(environment, template, locale)
    page = Page(html)
    inline = re.findall(r"<script>(.*?)</script>", html)
    assert inline == ([] if template in BARE else [inline[0]])
    assert all("govuk-frontend-supported" in script for script in inline)
    assert not page.values("style")
    assert not page.all("style")
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)


@every_page
@both_languages
def test_labels_links_and_descriptions_lead_to_something(environment: Environment, template: str, locale: str) -> None:
    page = Page(render(environment, template, locale))
    identifiers = set(page.values("id"))
    labelled = set(page.values("for"))
    assert labelled <= identifiers
    fields = [attrs for tag in ("input", "textarea", "select") for attrs in page.all(tag)]
    assert all(attrs["id"] in labelled for attrs in fields if attrs.get("type") != "hidden" and "hidden" not in attrs)
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= identifiers
    references = [page.values(name) for name in ("aria-describedby", "aria-labelledby", "aria-controls")]
    assert {word for values in references for value in values for word in value.split()} <= identifiers
    if template not in BARE:
        skip = [attrs["href"] for attrs in page.all("a") if attrs.get("class") == "govuk-skip-link"]
        assert skip == ["#main-content"]


@every_page
def test_a_hostile_site_name_stays_text(environment: Environment, template: str) -> None:
    name = """"><script>alert(1)</script><p onclick='x'>{{ 7 * 7 }}"""
    hostile = site(name)
    hostile.organisation = name + "&"
    page = Page(render(environment, template, site=hostile, title=None if template == "home.html" else name))
    assert page.faults == []
    assert "alert(1)" not in page.text("script")
    assert "onclick" not in {attribute for _, attrs in page.elements for attribute in attrs}
    if template not in STANDALONE:
        assert name in page.text("p" if template in BARE else "a")


def test_a_page_with_problems_says_so_in_its_title_and_beside_each_field(environment: Environment) -> None:
    page = Page(render(environment, "sign_in.html"))
    assert page.text("title") == "Error: Sign in – Have your say"
    assert [href for href in page.values("href") if href.startswith("#")] == ["#main-content", "#email", "#password"]
    assert {"email-error", "password-error"} <= set(page.values("id"))
    clean = Page(render(environment, "sign_in.html", problems=[]))
    assert clean.text("title") == "Sign in – Have your say"
    assert not any("error" in name for name in clean.values("class"))


def test_a_password_is_never_written_into_a_page(environment: Environment) -> None:
    assert "hunter2" not in render(environment, "sign_in.html", values={"email": "a@b.c", "password": "hunter2"})
    assert "hunter2" not in render(environment, "errors/send_again.html")


def test_what_was_typed_comes_back_whole_and_cannot_be_changed_unseen(environment: Environment) -> None:
    page = Page(render(environment, "errors/send_again.html"))
    # A browser drops the first line break of a text area, so that the template writes one of its own.
    assert "<b>one</b>\ntwo" in page.text("textarea")
    assert ">\n\n&lt;b&gt;one" in render(environment, "errors/send_again.html")
    assert [(attrs["name"], "readonly" in attrs) for attrs in page.all("textarea")] == [("answer", True)] * 2


@pytest.mark.parametrize(
    ("facts", "says", "never"),
    [
        ({}, "has not been tested by people yet", "last tested"),
        (
            {"tested_on": datetime(2027, 3, 3, tzinfo=UTC), "tested_how": "Two people."},
            "last tested this site on 3 March 2027",
            "yet.",
        ),
        ({"compliance": "fully"}, "is fully compliant", "partially"),
        ({"known_problems": ["Maps have no table"]}, "Maps have no table", "do not know of a particular part"),
    ],
)
def test_the_accessibility_statement_claims_only_what_is_known(
    environment: Environment, facts: dict[str, Any], says: str, never: str
) -> None:
    words = re.sub(r"\s+", " ", Page(render(environment, "accessibility_statement.html", **facts)).html)
    assert says in words
    assert never not in words.split("How this site was tested")[0 if "compliance" in facts else 1].split("Report")[0]


@pytest.mark.parametrize("phase", ["alpha", "beta", "live"])
def test_only_a_site_that_is_not_live_carries_its_phase(environment: Environment, phase: str) -> None:
    unfinished = site()
    unfinished.phase = phase
    page = Page(render(environment, "contact.html", site=unfinished))
    assert ("fm-phase" in page.values("class")) is (phase != "live")
    assert (phase.capitalize() in page.text("strong")) is (phase != "live")


def test_a_search_without_results_says_what_to_do_and_an_unused_one_does_not_pretend(
    environment: Environment,
) -> None:
    nothing: dict[str, Any] = {"hits": [], "total": 0}
    assert "check the spelling" in render(environment, "search.html", **nothing)
    unused = render(environment, "search.html", **nothing, query="", searched=False)
    assert "No results" not in unused
    assert "Enter one or more words" in unused


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_gives_the_reason_when_there_is_one_and_always_a_way_on(
    environment: Environment, code: str
) -> None:
    reason = "This link has been used. Ask for <another>."
    page = Page(render(environment, f"errors/{code}.html", sentence=reason))
    assert reason in page.text("p")
    assert "/contact" in page.values("href")
    assert "noindex" in page.values("content")
    assert not any("canonical" in rel for rel in page.values("rel"))


@pytest.mark.parametrize(
    ("template", "ours", "stays"),
    [
        ("accessibility_statement.html", "partially compliant", False),
        ("privacy.html", "is the controller", False),
        ("cookies.html", "__Host-folkmoot-draft", True),
        ("contact.html", "mailto:contact@occs.example", True),
    ],
)
def test_a_site_can_say_it_in_its_own_words(environment: Environment, template: str, ours: str, stays: bool) -> None:
    assert ours in render(environment, template, body=None)
    html = render(environment, template, body=Markup("<p>In our own words</p>"))
    assert "<p>In our own words</p>" in html
    assert (ours in html) is stays


@pytest.mark.parametrize("template", sorted(STANDALONE))
def test_a_page_outside_all_sites_names_none(environment: Environment, template: str) -> None:
    html = render(environment, template)
    assert not any(word in html for word in ("Have your say", "Office for", "occs", "brand.css", "asha"))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 6, 7, 1234])
def test_search_counts_in_the_plural_that_welsh_uses(environment: Environment, number: int) -> None:
    hits = [{"title": "Care", "href": "/care"}] * max(number, 1)
    heading = Page(render(environment, "search.html", "cy", total=number, hits=hits)).text("h2")
    noun = {1: "canlyniad", 2: "ganlyniad", 3: "chanlyniad", 6: "chanlyniad"}.get(number, "canlyniad")
    assert f"{number:,} {noun} ar gyfer" in heading


def test_macros_escape_what_they_are_given(environment: Environment) -> None:
    source = """{% from "macros/page.html" import breadcrumbs, notification, pagination with context %}
    {% from "macros/page.html" import summary_rows, tag with context %}
    {{ breadcrumbs([(x, x), (x, none)]) }}{{ pagination(x, x) }}{{ notification(x) }}{{ summary_rows([(x, x, x)]) }}
    {{ tag(x, "red") }}"""
    html = environment.from_string(source).render(x="\"'><i>")
    assert Page(html).all("i") == []
    assert Page(html).faults == []
    assert html.count("&lt;i&gt;") == 11


def marked(text: str) -> str:
    return f"⟦{text}⟧"


@every_page
def test_every_word_that_a_reader_sees_goes_through_the_translation(template: str) -> None:
    made = create()
    made.install_gettext_callables(  # type: ignore[attr-defined]
        marked, lambda one, many, count: marked(one if count == 1 else many), newstyle=True
    )
    body = made.get_template(template).render(shell(template, "en")).partition("</head>")[2]
    spoken = " ".join(Page(body).values("aria-label"))
    seen = markup.unescape(re.sub(r"<script.*?</script>|<[^>]*>", " ", body)) + spoken
    while "⟦" in seen:
        seen = re.sub(r"⟦[^⟦⟧]*⟧", " ", seen)
    assert set(re.findall(r"[A-Za-z]{3,}", seen)) <= GIVEN
    assert "⟦" in body


# What the tests themselves put on a page, and names that are the same in every language.
GIVEN = set(
    re.findall(
        r"[A-Za-z]{3,}", f"{CONTEXTS} {vars(site())} asha two English Cymraeg Consultations Privacy Host-folkmoot-draft"
    )
)
