"""Reading the conditions of `show_if`: a small boolean language over question keys and option keys.

    condition := every ("or" every)*      every := one ("and" one)*
    one := "not" one | "(" condition ")" | key "==" option | key "!=" option | key "in" "[" option ("," option)* "]"

An option stands in quotes.
"""

import re
from typing import NamedTuple, NoReturn

from folkmoot.forms.conditions import Comparison, Condition, Joined, Not

LONGEST_CONDITION = 1_000
DEEPEST_CONDITION = 20
RESERVED_WORDS = frozenset({"and", "or", "not", "in"})

_TOKEN = re.compile(r"\s*(?:(?P<word>[a-z][a-z0-9_]*)|(?P<option>'[^'\"]*'|\"[^'\"]*\")|(?P<sign>==|!=|[()\[\],]))")


class ConditionSyntaxError(ValueError):
    """A condition that cannot be read. `position` is that of the character at fault, counted from 1."""

    def __init__(self, position: int, sentence: str) -> None:
        super().__init__(sentence)
        self.position = position
        self.sentence = sentence


def parse_condition(source: str) -> Condition:
    """Read a condition; raises ConditionSyntaxError with the place and what was expected there."""
    if len(source) > LONGEST_CONDITION:
        raise ConditionSyntaxError(LONGEST_CONDITION + 1, f"a condition has {LONGEST_CONDITION:,} characters at most")
    parser = _Parser(_tokens(source))
    condition = parser.condition()
    if parser.next.kind != "end":
        parser.expected("“and”, “or” or the end")
    return condition


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def _tokens(source: str) -> list[_Token]:
    tokens, at, end = [], 0, len(source.rstrip())
    while at < end:
        found = _TOKEN.match(source, at)
        if found is None:
            at += len(source[at:]) - len(source[at:].lstrip())
            what = "the quote has no end" if source[at] in "'\"" else f"“{source[at]}” has no meaning here"
            raise ConditionSyntaxError(at + 1, what)
        kind = found.lastgroup or ""
        text = found[kind]
        # Words of the grammar and signs are their own kind; keys and options are classes of text.
        own = kind == "sign" or text in RESERVED_WORDS
        tokens.append(_Token(text if own else kind, text, found.start(kind) + 1))
        at = found.end()
    return [*tokens, _Token("end", "", end + 1)]


class _Parser:
    """Recursive descent, one method for each rule of the grammar above."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._at]

    def expected(self, what: str) -> NoReturn:
        found = f"found “{self.next.text}”" if self.next.text else "the condition ends"
        raise ConditionSyntaxError(self.next.position, f"expected {what}, but {found}")

    def take(self, kind: str, what: str) -> str:
        if self.next.kind != kind:
            self.expected(what)
        token = self.next
        self._at += 1
        return token.text

    def skip(self, kind: str) -> bool:
        if self.next.kind != kind:
            return False
        self._at += 1
        return True

    def condition(self) -> Condition:
        terms = [self.every()]
        while self.skip("or"):
            terms.append(self.every())
        return terms[0] if len(terms) == 1 else Joined("or", tuple(terms))

    def every(self) -> Condition:
        terms = [self.one()]
        while self.skip("and"):
            terms.append(self.one())
        return terms[0] if len(terms) == 1 else Joined("and", tuple(terms))

    def one(self) -> Condition:
        self._depth += 1
        if self._depth > DEEPEST_CONDITION:
            raise ConditionSyntaxError(self.next.position, f"conditions nest {DEEPEST_CONDITION} deep at most")
        condition = self._one()
        self._depth -= 1
        return condition

    def _one(self) -> Condition:
        if self.skip("not"):
            return Not(self.one())
        if self.skip("("):
            inner = self.condition()
            self.take(")", "“)”")
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        key = self.take("word", "the key of a question")
        if self.skip("=="):
            return Comparison(key, "==", (self.option(),))
        if self.skip("!="):
            return Comparison(key, "!=", (self.option(),))
        if self.skip("in"):
            return Comparison(key, "in", self.options())
        return self.expected("“==”, “!=” or “in”")

    def options(self) -> tuple[str, ...]:
        self.take("[", "“[”")
        options = [self.option()]
        while self.skip(","):
            options.append(self.option())
        self.take("]", "“,” or “]”")
        return tuple(options)

    def option(self) -> str:
        return self.take("option", "an option in quotes")[1:-1]
