"""The form engine: definitions, routing by keys, validation and flat export, as pure functions.

Nothing here reads a clock, a database or a request. Labels of a form are `Words`; the engine's own sentences go
through the translation function that the caller hands in. The Jinja macros are in `templates/forms/question.html`.
"""

from folkmoot.forms.condition_parser import ConditionSyntaxError, parse_condition
from folkmoot.forms.conditions import Condition, evaluate
from folkmoot.forms.definition import FormDefinition, Limits, Option, Page, Question
from folkmoot.forms.faults import Fault, InvalidDefinition
from folkmoot.forms.flatten import CodebookEntry, codebook, columns, flatten, flattening
from folkmoot.forms.messages import say
from folkmoot.forms.question_types import QUESTION_TYPES, Answer, QuestionType
from folkmoot.forms.reading import parse_definition
from folkmoot.forms.routing import next_page, path, previous_page, visible
from folkmoot.forms.summary import AnswerRow, answer_rows
from folkmoot.forms.tally import OptionCount, QuestionTally, tally
from folkmoot.forms.validation import Checked, Problem, as_typed, validate, validate_page
from folkmoot.forms.words import Words

__all__ = [
    "QUESTION_TYPES",
    "Answer",
    "AnswerRow",
    "Checked",
    "CodebookEntry",
    "Condition",
    "ConditionSyntaxError",
    "Fault",
    "FormDefinition",
    "InvalidDefinition",
    "Limits",
    "Option",
    "OptionCount",
    "Page",
    "Problem",
    "Question",
    "QuestionTally",
    "QuestionType",
    "Words",
    "answer_rows",
    "as_typed",
    "codebook",
    "columns",
    "evaluate",
    "flatten",
    "flattening",
    "next_page",
    "parse_condition",
    "parse_definition",
    "path",
    "previous_page",
    "say",
    "tally",
    "validate",
    "validate_page",
    "visible",
]
