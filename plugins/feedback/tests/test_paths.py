"""Which page feedback is about."""

import pytest

from folkmoot.api import Unprocessable
from folkmoot_feedback.paths import page_path

LOCALES = ("en", "cy")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/", "/"),
        ("/cy", "/"),
        ("/cy/search", "/search"),
        ("/cyclists", "/cyclists"),
        ("/search?q=care#hits", "/search"),
        ("/publications/report/", "/publications/report"),
        ("/dashboards/gofal-cymdeithasol-â", "/dashboards/gofal-cymdeithasol-â"),
    ],
)
def test_one_page_has_one_path(given: str, path: str) -> None:
    assert page_path(given, LOCALES) == path


@pytest.mark.parametrize(
    "given",
    [
        "",
        "search",
        "//elsewhere.example/a",
        "/\\elsewhere.example",
        "https://elsewhere.example/a",
        "javascript:alert(1)",
        "/a\nlocation: https://elsewhere.example",
        "/a\u202eb",
        "/a/../b",
        "/" + "a" * 300,
        "/a?" + "b" * 300,
    ],
)
def test_a_forged_path_is_refused(given: str) -> None:
    with pytest.raises(Unprocessable, match="which page"):
        page_path(given, LOCALES)
