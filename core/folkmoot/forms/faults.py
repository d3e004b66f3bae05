"""What is wrong with a form's definition, in plain English."""

from collections.abc import Sequence
from typing import NamedTuple

from folkmoot.forms.text import one_line, shortened


class Fault(NamedTuple):
    """One fault. `where` is a JSON pointer into the definition; the sentence can be read without it."""

    where: str
    sentence: str


class InvalidDefinition(ValueError):
    """A definition that is no form. `faults` lists everything that was found, in the order of the form."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.sentence for fault in self.faults))


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901). Names that somebody sent are shortened and freed of what cannot be encoded."""
    names = (shortened(one_line(str(step)), 100) for step in steps)
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)
