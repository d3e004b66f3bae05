"""The types of question: one class each, and a row in `QUESTION_TYPES`.

A type says what its definition may hold, how one given value becomes an answer, and which columns it fills.
An answer is a string, or for a type with `several` a list of option keys; "" and [] mean that nothing was answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from folkmoot.forms.text import many_lines, one_line, quoted
from folkmoot.forms.words import N_

if TYPE_CHECKING:
    from folkmoot.forms.definition import Question

Answer = str | list[str]
Reader = Callable[[object], Answer]

LONGEST_ANSWER = 50_000
MOST_WORDS = 10_000


class Refused(Exception):
    """A value that is no answer: a code of `messages` with its parameters."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class QuestionType:
    """What a type of question must say about itself."""

    name: ClassVar[str]
    component: ClassVar[str]
    required_message: ClassVar[str]
    closed: ClassVar[bool] = False
    several: ClassVar[bool] = False

    def faults(self, question: Question) -> Iterator[tuple[str, str]]:
        """What is wrong with a question of this type: the field and a sentence for each fault."""
        raise NotImplementedError

    def reader(self, question: Question) -> Reader:
        """A function, made once for each question, from a given value to an answer. It raises Refused."""
        raise NotImplementedError

    def from_fields(self, fields: Sequence[str]) -> object:
        """The value that a browser's form fields of this question's name make up."""
        return fields[0] if len(fields) == 1 else list(fields)


class _Written(QuestionType):
    """An answer in the respondent's own words."""

    tidy: ClassVar[staticmethod[[str], str]]
    default_length: ClassVar[int]
    required_message = N_("Enter your answer to “%(label)s”")

    def length(self, question: Question) -> int:
        """The most characters. Where only words are limited, the words decide."""
        limits = question.limits
        if limits is None or (limits.max_length is None and limits.max_words is None):
            return self.default_length
        return limits.max_length or LONGEST_ANSWER

    def faults(self, question: Question) -> Iterator[tuple[str, str]]:
        if question.options:
            yield "options", f"a {self.name} question has no options"
        limits = question.limits
        if limits and limits.max_length and limits.max_words and limits.max_length < 2 * limits.max_words - 1:
            yield "limits", f"{limits.max_words:,} words can never fit in {limits.max_length:,} characters"

    def reader(self, question: Question) -> Reader:
        # `len` counts characters and a browser's counter UTF-16 units, so the counter is never the more generous.
        tidy, max_length = type(self).tidy, self.length(question)
        max_words = question.limits.max_words if question.limits else None

        def read(value: object) -> str:
            if not isinstance(value, str):
                raise Refused("not_text")
            text = tidy(value)
            if len(text) > max_length:
                raise Refused("too_long", limit=max_length)
            if max_words is not None and len(text.split()) > max_words:
                raise Refused("too_many_words", limit=max_words)
            return text

        return read


class Text(_Written):
    """One line of text."""

    name = "text"
    component = "input"
    tidy = staticmethod(one_line)
    default_length = 200


class LongText(_Written):
    """Paragraphs of text."""

    name = "long_text"
    component = "character_count"
    tidy = staticmethod(many_lines)
    default_length = 10_000


class _Choice(QuestionType):
    """An answer out of the question's options."""

    closed = True
    required_message = N_("Select an option for “%(label)s”")

    def faults(self, question: Question) -> Iterator[tuple[str, str]]:
        if not question.options:
            yield "options", f"a {self.name} question needs options"
        if question.limits is not None:
            yield "limits", f"a {self.name} question has no limits"
        seen: set[str] = set()
        for number, option in enumerate(question.options):
            if option.key in seen:
                yield f"options/{number}/key", f"the option key “{option.key}” is used twice"
            seen.add(option.key)


class Single(_Choice):
    """One of the options."""

    name = "single"
    component = "radios"

    def reader(self, question: Question) -> Reader:
        keys = frozenset(option.key for option in question.options)

        def read(value: object) -> str:
            if isinstance(value, list | tuple):
                raise Refused("one_only")
            if not isinstance(value, str):
                raise Refused("not_text")
            if value and value not in keys:
                raise Refused("unknown_option", value=quoted(value))
            return value

        return read


class Multiple(_Choice):
    """Any of the options, in the order of the form, each once. An exclusive option stands alone."""

    name = "multiple"
    component = "checkboxes"
    several = True

    def reader(self, question: Question) -> Reader:
        order = {option.key: number for number, option in enumerate(question.options)}
        exclusive = frozenset(option.key for option in question.options if option.exclusive)

        def read(value: object) -> list[str]:
            chosen = _listed(value)
            for key in chosen:
                if key not in order:
                    raise Refused("unknown_option", value=quoted(key))
            if len(chosen) > 1 and not exclusive.isdisjoint(chosen):
                raise Refused("exclusive", option=next(key for key in order if key in chosen and key in exclusive))
            return sorted(chosen, key=order.__getitem__)

        return read

    def from_fields(self, fields: Sequence[str]) -> object:
        return list(fields)


def _listed(value: object) -> set[str]:
    """The options named by a list, or by one string, as a set."""
    if isinstance(value, str):
        return {value} if value else set()
    if not isinstance(value, list | tuple) or not all(isinstance(key, str) for key in value):
        raise Refused("not_options")
    return set(value)


QUESTION_TYPES: dict[str, QuestionType] = {kind.name: kind for kind in (Single(), Multiple(), Text(), LongText())}
