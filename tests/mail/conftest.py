"""Fixtures of mail: what was written, and what was sent, kept instead."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from mailroom import Postbox, rows

# Before any query is made: a model that is first imported afterwards does not stamp its rows (see store.scoping).
import folkmoot_consultation.models  # noqa: F401
from folkmoot.mail.models import Message, Subscription
from folkmoot.testing import Instance


@pytest.fixture
def postbox(instance: Instance) -> Postbox:
    """What the instance sends, kept instead."""
    made = Postbox()
    instance.platform.mail = made
    return made


@pytest.fixture
def messages(instance: Instance) -> Callable[..., Awaitable[Sequence[Any]]]:
    """A function that returns the messages of a site."""
    return lambda site=None: rows(instance, Message, site)


@pytest.fixture
def subscriptions(instance: Instance) -> Callable[..., Awaitable[Sequence[Any]]]:
    """A function that returns the subscriptions of a site."""
    return lambda site=None: rows(instance, Subscription, site)
