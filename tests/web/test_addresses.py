"""Reading an address: language, suffix, and whose it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.web.addresses import Address, read_address

MOUNTS = {"consultations": "consultation", "consultation": "consultation"}


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", Address("en", "/", "", None)),
        ("/cy", Address("cy", "/", "", None)),
        ("/cy/", Address("cy", "/", "", None)),
        ("/cycling", Address("en", "/cycling", "", None)),
        ("/consultations", Address("en", "/consultations", "", "consultation")),
        ("/cy/consultations/health.json", Address("cy", "/consultations/health", "json", "consultation")),
        ("/consultations/para-1.12", Address("en", "/consultations/para-1.12", "", "consultation")),
        ("/admin/consultation/new", Address("en", "/admin/consultation/new", "", "consultation")),
        ("/admin/consultations", Address("en", "/admin/consultations", "", "consultation")),
        ("/api/v1/consultations/x.json", Address("en", "/api/v1/consultations/x.json", "", "consultation")),
        ("/static/site.abc.svg", Address("en", "/static/site.abc.svg", "", None)),
        ("/sitemap.xml", Address("en", "/sitemap.xml", "", None)),
        ("*", Address("en", "*", "", None)),
        ("", Address("en", "", "", None)),
    ],
)
def test_an_address_is_read(path: str, address: Address) -> None:
    assert read_address(path, ("en", "cy"), MOUNTS) == address


@given(st.text(), st.sampled_from([("en",), ("en", "cy"), ("cy", "en")]))
def test_nothing_that_is_asked_for_breaks_it(path: str, locales: tuple[str, ...]) -> None:
    read = read_address(path, locales, MOUNTS)
    assert read.locale in locales
    assert read.plugin in {None, "consultation"}
