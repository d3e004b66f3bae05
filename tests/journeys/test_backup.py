"""site.A9: a backup taken while people work is restored on another machine. By commands, beside a running service."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.commanding import Operator, new_instance
from faults.consulting import PATH, open_consultation
from faults.serving import serving
from faults.submitting import Crowd

from folkmoot.testing import Instance

pytestmark = pytest.mark.slow
FOLKMOOT_PLUGINS = ("consultation",)
BEFORE = 20


def lines(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"tables/{table}.jsonl").splitlines()]


def counted(path: Path) -> tuple[set[str], list[str]]:
    """Return the marks of the submissions in a backup, and what of it is only half there."""
    with zipfile.ZipFile(path) as archive:
        sent = {row["id"]: row["answers"] for row in lines(archive, "core_form_submission")}
        logged = {row["object_id"] for row in lines(archive, "core_audit_entry")}
    # Each has its mark, two parts and a reason.
    whole = {"mark", "parts", "why"}
    broken = [row_id for row_id, own in sent.items() if set(own) != whole or row_id not in logged]
    return {own["mark"] for own in sent.values()}, broken


@pytest.mark.journey("site.A9")
async def test_a_backup_taken_while_people_answer_is_restored_elsewhere(
    instance: Instance, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_consultation(instance)
    operator = Operator(instance.platform.configuration.path)
    file = tmp_path / "backup.zip"
    with serving(operator.config) as server:
        await server.start()
        async with Crowd(server.client) as crowd:
            await crowd.until(BEFORE)
            acknowledged = set(crowd.acknowledged)
            said = await operator.run("backup", str(file))
            after = len(crowd.acknowledged)
            await crowd.until(5)
        assert (crowd.wrong, crowd.hung, crowd.told) == ([], 0, 0)
    assert said.startswith(f"{file} holds 2 sites and ")
    assert file.stat().st_mode & 0o777 == 0o600
    marks, broken = counted(file)
    with capsys.disabled():
        print(
            f"\nbackup under load ({instance.database}): acknowledged before {len(acknowledged)}, "
            f"while it was taken {after - len(acknowledged)}, in backup {len(marks)}, broken rows {len(broken)}"
        )
    assert after > len(acknowledged), "nobody answered meanwhile: it proved nothing"
    assert acknowledged <= marks
    assert broken == []
    await restored_elsewhere(instance, file, tmp_path / "elsewhere", len(marks))


async def restored_elsewhere(instance: Instance, file: Path, folder: Path, expected: int) -> None:
    """Put the backup into a new instance on the same kind of database, serve it, and read it by page and by API."""
    operator = await new_instance(folder, FOLKMOOT_PLUGINS, instance.database)
    assert "rows from" in await operator.run("restore", str(file))
    refused = await operator.run("restore", str(file), status=1)
    assert refused.strip().splitlines()[-1].startswith("This instance is not empty: it has 2 sites")
    listed = json.loads(await operator.run("site", "list", "--json"))
    assert [(site["slug"], site["status"]) for site in listed] == [("occs", "live"), ("parent", "live")]
    token = (await operator.run("token", "create", "--site", "occs", "--permissions", "*")).splitlines()[-1]
    with serving(operator.config) as server:
        await server.start()
        async with server.client() as client:
            assert "Bins" in (await client.page(PATH)).text
            asked = await client.get(f"/api/v1{PATH}/results", headers={"authorization": f"Bearer {token}"})
            assert asked.json()["total"] == expected


@pytest.mark.journey("site.A9")
async def test_one_site_is_set_back_to_yesterday_while_it_is_served(instance: Instance, tmp_path: Path) -> None:
    await open_consultation(instance)
    operator = Operator(instance.platform.configuration.path)
    file = tmp_path / "yesterday.zip"
    with serving(operator.config) as server:
        await server.start()
        async with Crowd(server.client, people=0) as crowd:
            await crowd.until(5)
        kept = len(crowd.acknowledged)
        await operator.run("backup", str(file))
        async with Crowd(server.client, people=0) as crowd:
            await crowd.until(5)
        not_asked = await operator.run("restore", str(file), "--site", "occs", status=1)
        assert "Go on? [y/N]" in not_asked
        await operator.run("restore", str(file), "--site", "occs", "--yes")
        token = (await operator.run("token", "create", "--site", "occs", "--permissions", "*")).splitlines()[-1]
        async with server.client() as client:
            asked = await client.get(f"/api/v1{PATH}/results", headers={"authorization": f"Bearer {token}"})
            assert asked.json()["total"] == kept
            assert (await client.get(PATH)).status_code == 200
    log = json.loads(await operator.run("site", "show", "occs", "--json"))
    assert log["operations"][0]["action"] == "restore"
