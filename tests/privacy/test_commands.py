"""``folkmoot personal-data`` and ``folkmoot retention``, beside a running instance."""

import asyncio
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from planting import EMAIL, WORDS, Planted, rows_naming, traces
from sqlmodel import select

from folkmoot.cli.main import folkmoot
from folkmoot.forms.models import Draft
from folkmoot.spec.errors import FolkmootError
from folkmoot.testing import Instance


async def run(instance: Instance, *arguments: str, typed: str | None = None, fails: bool = False) -> str:
    """Run a command in a thread of its own, since it has its own event loop; return what it printed."""
    file = instance.platform.configuration.folder / "folkmoot.toml"
    runner = CliRunner()
    result: Any = await asyncio.to_thread(runner.invoke, folkmoot, ["--config", str(file), *arguments], input=typed)
    assert bool(result.exit_code) == fails, result.output
    if fails and isinstance(result.exception, FolkmootError):
        return str(result.exception)
    return str(result.stdout)


async def test_what_is_held_is_printed_as_json_or_written_as_a_zip(planted: Planted, tmp_path: Path) -> None:
    instance = planted.instance
    places = json.loads(await run(instance, "personal-data", "export", EMAIL, "--site", "occs", "--json"))
    assert len(places) >= 12
    assert "core.submissions" in {place["name"] for place in places}
    lines = await run(instance, "personal-data", "export", EMAIL, "--site", "occs")
    assert "Answers that were sent" in lines
    assert EMAIL not in lines
    file = tmp_path / "copy.zip"
    await run(instance, "personal-data", "export", EMAIL, "--site", "occs", "-o", str(file))
    with zipfile.ZipFile(file) as archive:
        assert WORDS in archive.read("personal-data.html").decode()
    assert json.loads(await run(instance, "personal-data", "export", EMAIL, "--site", "parent", "--json")) == []


async def test_erasing_asks_first_and_leaves_nothing(planted: Planted) -> None:
    instance = planted.instance
    refused = await run(instance, "personal-data", "erase", EMAIL, "--site", "occs", typed="n\n", fails=True)
    assert "things about this person for good?" in refused
    assert await rows_naming(instance, EMAIL)
    erase = ("personal-data", "erase", EMAIL, "--site", "occs", "--yes", "--json")
    done = json.loads(await run(instance, *erase))
    assert done["receipt"].startswith("OCCS-")
    assert done["overwritten"] == (instance.database == "sqlite")
    assert done["removed"]["core.submissions"] == 2
    # The command has left the bytes of the file to a job, by the clock of the machine.
    instance.clock.instant = datetime.now(UTC)
    await instance.work()
    assert await traces(instance, EMAIL, WORDS) == []
    assert json.loads(await run(instance, *erase))["removed"] == {}


async def test_neither_address_nor_reference_is_refused_in_a_sentence(everywhere: Instance) -> None:
    said = await run(everywhere, "personal-data", "erase", "sam", "--site", "occs", "--yes", fails=True)
    assert said.startswith("Enter an email address such as name@example.org, or the reference")
    assert "say which with --site" in await run(everywhere, "personal-data", "export", EMAIL, fails=True)


async def test_retention_counts_first_and_removes_then_on_every_site(planted: Planted) -> None:
    instance = planted.instance
    # The command goes by the clock of the machine, which has left the frozen one behind.
    old = instance.clock.now() - timedelta(days=1_000)
    async with instance.desk().writing() as session:
        for draft in (await session.exec(select(Draft))).all():
            draft.updated_at = old
            session.add(draft)
        await session.commit()
    dry = json.loads(await run(instance, "retention", "run", "--dry-run", "--json"))
    assert {row["site"] for row in dry} == {"occs", "parent"}
    due = {row["source"]: row["removed"] for row in dry if row["site"] == "occs"}
    assert due["core.drafts"] == 1
    done = json.loads(await run(instance, "retention", "run", "--site", "occs", "--json"))
    assert {row["source"]: row["removed"] for row in done}["core.drafts"] == 1
    async with instance.desk().reading() as session:
        assert (await session.exec(select(Draft))).all() == []
