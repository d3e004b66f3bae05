"""A form that uses everything the engine has, and the environment that its templates need."""

from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from folkmoot.forms import FormDefinition, parse_definition

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

YES_NO = [{"key": "yes", "label": {"en": "Yes", "cy": "Ydw"}}, {"key": "no", "label": {"en": "No", "cy": "Nac ydw"}}]


@pytest.fixture
def wire() -> dict[str, Any]:
    return {
        "pages": [
            {
                "title": {"en": "About you", "cy": "Amdanoch chi"},
                "questions": [
                    {
                        "key": "carer",
                        "type": "single",
                        "label": {"en": "Do you care for someone?", "cy": "Ydych chi'n gofalu am rywun?"},
                        "required": True,
                        "options": YES_NO,
                    },
                    {"key": "name", "type": "text", "label": "Your name", "hint": "As you like to be called"},
                ],
            },
            {
                "title": "Your caring",
                "questions": [
                    {
                        "key": "help",
                        "type": "multiple",
                        "label": "What help do you have?",
                        "required": True,
                        "options": [
                            {"key": "family", "label": "Family"},
                            {"key": "paid", "label": "Paid care"},
                            {"key": "none", "label": "None of these", "exclusive": True},
                        ],
                        "show_if": "carer == 'yes'",
                    },
                ],
            },
            {
                "title": "What would help",
                "questions": [
                    {
                        "key": "wish",
                        "type": "long_text",
                        "label": "What would help you most?",
                        "required": True,
                        "limits": {"max_words": 5},
                        "show_if": "help in ['family', 'none'] and not carer == 'no'",
                    },
                    {"key": "other", "type": "long_text", "label": "Anything else?", "limits": {"max_length": 20}},
                ],
            },
        ],
    }


@pytest.fixture
def form(wire: dict[str, Any]) -> FormDefinition:
    return parse_definition(wire)


@pytest.fixture(scope="session")
def environment() -> Environment:
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    return Environment(
        loader=ChoiceLoader([PackageLoader("folkmoot.forms", "templates"), govuk]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@pytest.fixture
def macros(environment: Environment) -> ModuleType:
    return environment.get_template("forms/question.html").module  # type: ignore[return-value]
