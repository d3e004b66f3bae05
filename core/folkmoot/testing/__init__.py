"""Fixtures and assertions for plugin authors; installing the distribution makes the fixtures available."""

from folkmoot.testing.html import Element, form_fields, read_html
from folkmoot.testing.instance import Client, FrozenClock, Instance, path_of, start_instance
from folkmoot.testing.words import assert_translated

__all__ = [
    "Client",
    "Element",
    "FrozenClock",
    "Instance",
    "assert_translated",
    "form_fields",
    "path_of",
    "read_html",
    "start_instance",
]
