"""No room, or no right to write: a sentence, what was typed comes back, and no restart when it is over (SQLite)."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.consulting import API, PATH, TYPED, answers, open_consultation
from faults.counting import count
from faults.disks import Pragmas, SmallDisk
from faults.serving import serving
from faults.submitting import Crowd
from folkmoot.store.sqlite_writer import SqliteWriter
from folkmoot.testing import Instance, read_html

pytestmark = pytest.mark.only_on("sqlite")
FOLKMOOT_PLUGINS = ("consultation",)
TIMES = 20 if os.environ.get("FOLKMOOT_BATTERY") == "full" else 2
SENTENCE = "The service cannot save at the moment. Try again in a minute."


@pytest.fixture
def pragmas(monkeypatch: pytest.MonkeyPatch) -> Pragmas:
    """What is said on every connection of the instance before it writes: ask for it before ``instance``."""
    made = Pragmas()
    made.install(monkeypatch)
    return made


@pytest.fixture
def disk(tmp_path: Path, pragmas: Pragmas) -> Iterator[SmallDisk]:
    """A small disk where the instance will be."""
    with SmallDisk(tmp_path, pragmas) as disk:
        yield disk


@pytest_asyncio.fixture
async def consulting(disk: SmallDisk, instance: Instance) -> Instance:
    """An instance on the small disk, with an open consultation."""
    await open_consultation(instance)
    return instance


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not what():
            await asyncio.sleep(0.01)


async def fail_under_submissions(instance: Instance, fail: Callable[[], object], heal: Callable[[], object]) -> Crowd:
    async with Crowd(instance.client) as crowd:
        for _ in range(TIMES):
            await crowd.until(8)
            told = crowd.told
            fail()
            await until(lambda before=told: crowd.told > before + 20)  # type: ignore[misc]
            heal()
        await crowd.until(8)
        await crowd.rest()
    await crowd.send_again()
    return crowd


async def test_a_full_disk_is_a_sentence_until_there_is_room_again(
    disk: SmallDisk, consulting: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = await fail_under_submissions(consulting, disk.fill, disk.room)
    counted = await count(consulting, crowd.acknowledged, hung=crowd.hung)
    counted.faults += crowd.wrong + crowd.forgotten
    with capsys.disabled():
        print(f"\ndisk full {TIMES} times ({disk.kind}): {counted} ({crowd.told} told)")
    assert counted.sound, counted


async def test_a_database_that_may_only_be_read_is_a_sentence_until_it_may_be_written(
    pragmas: Pragmas, instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    await open_consultation(instance)

    def say(text: str) -> Callable[[], None]:
        return lambda: setattr(pragmas, "before_writing", text)

    crowd = await fail_under_submissions(instance, say("pragma query_only=on"), say("pragma query_only=off"))
    counted = await count(instance, crowd.acknowledged, hung=crowd.hung)
    counted.faults += crowd.wrong + crowd.forgotten
    with capsys.disabled():
        print(f"\ndatabase read-only {TIMES} times: {counted} ({crowd.told} told)")
    assert counted.sound, counted


async def test_with_no_room_everything_says_so_and_pages_can_still_be_read(
    disk: SmallDisk, consulting: Instance
) -> None:
    visitor, staff = consulting.client(), await consulting.staff_client()
    question = await visitor.page(f"{PATH}/respond/1")
    new = await staff.page("/admin/consultation/new")
    disk.fill()
    long = "word " * 2_000
    filled = [await visitor.submit(question, answers(f"typed-{number}") | {"why": long}) for number in range(200)][-1]
    assert (filled.status_code, SENTENCE in filled.text, "typed-199" in filled.text) == (503, True, True)
    typed = await staff.submit(new, TYPED)
    assert (typed.status_code, TYPED["title"] in typed.text) == (503, True)
    called = await visitor.post(API, json={"answers": answers("called")})
    assert (called.status_code, called.headers["content-type"]) == (503, "application/problem+json")
    assert called.json()["detail"] == SENTENCE
    for address in (PATH, "/", "/consultations", "/-/live"):
        assert (await visitor.get(address)).status_code == 200, address
    assert (await staff.get("/admin/consultation")).status_code == 200
    disk.room()
    assert (await visitor.post(API, json={"answers": answers("called")})).status_code == 201
    # What came back can be sent again as it is.
    assert (await staff.submit(read_html(typed.text))).status_code == 303


async def test_a_writer_that_takes_a_failed_commit_for_a_success_is_caught(
    pragmas: Pragmas, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_consultation(instance)
    apart = SqliteWriter._apart

    def careless(self: SqliteWriter, connection: object, batch: list[object]) -> list[None]:
        apart(self, connection, batch)  # type: ignore[arg-type]
        return [None] * len(batch)

    monkeypatch.setattr(SqliteWriter, "_apart", careless)
    async with Crowd(instance.client, people=0) as crowd:
        pragmas.before_writing = "pragma query_only=on"
        await crowd.until(8)
        pragmas.before_writing = "pragma query_only=off"
    assert (await count(instance, crowd.acknowledged)).lost


@pytest.mark.slow
async def test_to_start_where_nothing_may_be_written_is_refused_with_a_sentence(instance: Instance) -> None:
    config = instance.platform.configuration.path
    await instance.platform.close()
    with only_readable(config.parent / "data"), pytest.raises(RuntimeError) as refused, serving(config) as server:
        await server.start()
    said = str(refused.value)
    assert "Traceback" not in said, said[-1500:]
    assert "cannot be read: see that its folder may be written to" in said


@contextmanager
def only_readable(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder: root, who may write everywhere, mounts it anew."""
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    for options in (["--bind", str(folder)], ["-o", "remount,ro,bind"]):
        subprocess.run(["mount", *options, str(folder)], check=True)
    yield
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
