"""The demo's feedback."""

from folkmoot.testing import Instance
from folkmoot_feedback import service
from folkmoot_feedback.demo import SAID, fill
from folkmoot_feedback.models import State
from folkmoot_feedback.service import Filters

FOLKMOOT_PLUGINS = ("feedback",)


async def test_filling_twice_adds_nothing_and_nothing_is_held(instance: Instance) -> None:
    for _ in range(2):
        await fill(instance.desk())
    async with instance.desk().reading() as session:
        rows = await service.list_reports(session, Filters())
    assert len(rows) == len(SAID)
    assert {row.state for row in rows} == {State.NEW, State.COUNTED}
