"""A form: pages of questions, as it stands in JSON. Immutable, and always consistent in itself."""

from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from folkmoot.forms.condition_parser import parse_condition
from folkmoot.forms.conditions import Condition
from folkmoot.forms.consistency import Asked, inconsistencies
from folkmoot.forms.fields import AnswerField, answer_fields
from folkmoot.forms.question_types import LONGEST_ANSWER, MOST_WORDS, QUESTION_TYPES, QuestionType
from folkmoot.forms.text import quoted
from folkmoot.forms.words import Words

MOST_PAGES = 100
MOST_OPTIONS = 200


def _known_type(name: str) -> str:
    if name not in QUESTION_TYPES:
        *others, last = QUESTION_TYPES
        sentence = f"{quoted(name)} questions are not supported: use {', '.join(others)} or {last}"
        raise PydanticCustomError("unsupported_type", "{sentence}", {"sentence": sentence})
    return name


QuestionKey = Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]
OptionKey = Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
TypeName = Annotated[
    str,
    Field(strict=True),
    AfterValidator(_known_type),
    WithJsonSchema({"type": "string", "enum": list(QUESTION_TYPES)}),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Part):
    """One choice of a closed question. An exclusive one ("None of these") cannot go with others."""

    key: OptionKey
    label: Words
    exclusive: bool = Field(default=False, strict=True)


class Limits(_Part):
    """The most that an answer may hold: characters, words or both."""

    max_length: int | None = Field(default=None, strict=True, ge=1, le=LONGEST_ANSWER)
    max_words: int | None = Field(default=None, strict=True, ge=1, le=MOST_WORDS)


class Question(_Part):
    """One question. Its key is what answers, conditions and exports know it by, and lasts."""

    key: QuestionKey
    type: TypeName
    label: Words
    hint: Words | None = None
    required: bool = Field(default=False, strict=True)
    options: tuple[Option, ...] = Field(default=(), max_length=MOST_OPTIONS)
    limits: Limits | None = None
    show_if: str | None = Field(default=None, strict=True)

    @property
    def kind(self) -> QuestionType:
        """What its type says."""
        return QUESTION_TYPES[self.type]

    @cached_property
    def condition(self) -> Condition | None:
        """`show_if`, read. Raises ConditionSyntaxError, which no question of a FormDefinition does."""
        return None if self.show_if is None else parse_condition(self.show_if)

    def option(self, key: str) -> Option | None:
        """The option with this key."""
        return next((option for option in self.options if option.key == key), None)


class Page(_Part):
    """Questions that are asked together."""

    title: Words
    questions: tuple[Question, ...] = Field(min_length=1)


class FormDefinition(_Part):
    """A whole form. `parse_definition` reads one and explains every fault; the model alone says less."""

    pages: tuple[Page, ...] = Field(min_length=1, max_length=MOST_PAGES)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        faults = inconsistencies([[Asked(q.key, q) for q in page.questions] for page in self.pages])
        if faults:
            raise PydanticCustomError("inconsistent", "{faults}", {"faults": " ".join(f.sentence for f in faults)})
        return self

    @cached_property
    def fields(self) -> dict[str, AnswerField]:
        """Every question by its key, in order, made ready for reading answers."""
        return answer_fields(self.pages)

    def as_json(self) -> dict[str, Any]:
        """The definition as JSON values, without what is left at its default; `parse_definition` reads it back."""
        return self.model_dump(mode="json", exclude_defaults=True)
