"""Pydantic's findings about the shape of a definition, said in plain English."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from folkmoot.forms.definition import FormDefinition, Limits, Option, Page, Question
from folkmoot.forms.faults import Fault, pointer
from folkmoot.forms.text import quoted
from folkmoot.forms.words import Words

_PARTS: dict[str, type[BaseModel]] = {"pages": Page, "questions": Question, "options": Option, "limits": Limits}
_WORDS = frozenset({"title", "label", "hint"})

_SENTENCES = {
    "missing": "{name} is missing",
    "string_type": "{name} must be text",
    "string_unicode": "{name} holds characters that are not text",
    "bool_type": "{name} must be true or false",
    "int_type": "{name} must be a whole number",
    "tuple_type": "{name} must be a list",
    "too_short": "{name} is empty: at least one is needed",
    "too_long": "{name} holds too many: {max_length:,} at most",
    "string_too_long": "{name} must be {max_length:,} characters or fewer",
    "greater_than_equal": "{name} must be {ge} or more",
    "less_than_equal": "{name} must be {le:,} or less",
    "blank": "{name} is blank",
    "unsupported_type": "{sentence}",
}


def shape_faults(data: object, error: ValidationError) -> list[Fault]:
    """A fault for each finding, except that the parts do not fit together, which `consistency` says better."""
    details = error.errors(include_url=False, include_input=False)
    return [_fault(data, each) for each in details if each["type"] != "inconsistent" and not _misjudged(data, each)]


def _misjudged(data: object, error: ErrorDetails) -> bool:
    """Whether a list is called too short only because the items in it are at fault."""
    return error["type"] == "too_short" and bool(_at(data, error["loc"]))


def _fault(data: object, error: ErrorDetails) -> Fault:
    loc = _within(data, error["loc"])
    return Fault(pointer(*loc), f"{_place(data, loc)}: {_sentence(data, loc, error)}.")


def _within(data: object, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The location without steps into a plain string, which `Words` reads as its English."""
    for length, step in enumerate(loc):
        if isinstance(data, str):
            return loc[:length]
        data = _step(data, step)
    return loc


def _at(data: object, loc: tuple[str | int, ...]) -> object:
    for step in loc:
        data = _step(data, step)
    return data


def _step(data: object, step: str | int) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, Sequence) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _place(data: object, loc: tuple[str | int, ...]) -> str:
    names, key = [], None
    for name, number in pairwise(loc):
        data = _step(data, name)
        if isinstance(number, int):
            names.append(f"{str(name).removesuffix('s')} {number + 1}")
            if name == "questions":
                key = _step(_step(data, number), "key")
    place = ", ".join(names) or "the form"
    return place[0].upper() + place[1:] + (f" ({quoted(key)})" if isinstance(key, str) else "")


def _sentence(data: object, loc: tuple[str | int, ...], error: ErrorDetails) -> str:
    name = f"“{loc[-1]}”" if loc and isinstance(loc[-1], str) else "this"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{quoted(loc[-1])} is not known here: use {', '.join(_part(loc[:-1]).model_fields)}"
    if kind in {"model_type", "dict_type"}:
        return (
            f"{name} must be text or an object with en and cy"
            if loc and loc[-1] in _WORDS
            else f"{name} must be an object"
        )
    if kind == "string_pattern_mismatch":
        return _key_sentence(data, loc)
    return _SENTENCES[kind].format(name=name, **context) if kind in _SENTENCES else f"{name} cannot be read"


def _key_sentence(data: object, loc: tuple[str | int, ...]) -> str:
    key = quoted(_at(data, loc))
    if "options" in loc:
        return f"the key {key} may hold only lower-case letters, digits, _ and -, and begins with a letter or digit"
    return f"the key {key} may hold only lower-case letters, digits and _, and begins with a letter"


def _part(loc: tuple[str | int, ...]) -> type[BaseModel]:
    """The model at a location."""
    names: list[Any] = [step for step in loc if isinstance(step, str)]
    if not names:
        return FormDefinition
    return Words if names[-1] in _WORDS else _PARTS.get(names[-1], FormDefinition)
