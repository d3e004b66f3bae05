"""Words for people, in the languages of a site."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from folkmoot.forms.text import one_line

LONGEST_WORDS = 2_000


def N_(message: str) -> str:  # noqa: N802 - the name that babel looks for
    """Mark a message for extraction where it is written; it is translated where it is used."""
    return message


def _not_blank(value: str) -> str:
    kept = one_line(value)
    if not kept:
        raise PydanticCustomError("blank", "is blank")
    return kept


Line = Annotated[str, StringConstraints(strict=True, max_length=LONGEST_WORDS), AfterValidator(_not_blank)]


class Words(BaseModel):
    """A label, hint or title: the same text in every language, or English with Welsh.

    On the wire a string, or `{"en": …, "cy": …}`. Where Welsh is missing the English is shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Line
    cy: Line | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_wire(cls, data: Any) -> Any:
        return {"en": data} if isinstance(data, str) else data

    @model_serializer
    def _to_wire(self) -> str | dict[str, str]:
        return self.en if self.cy is None else {"en": self.en, "cy": self.cy}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        line = {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS}
        both = {
            "type": "object",
            "properties": {"en": line, "cy": line},
            "required": ["en"],
            "additionalProperties": False,
        }
        return {"title": "Words", "anyOf": [line, both]}

    def in_(self, locale: str) -> str:
        """The text for a locale such as `cy` or `cy-GB`."""
        return self.cy if self.cy is not None and locale[:2].lower() == "cy" else self.en
