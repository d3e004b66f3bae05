"""Nobody gets a file before the scanner has said that it is clean, and what is infected is gone."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from faults.clamd import EICAR, Clamd
from faults.proxy import FaultProxy
from filing import PDF, add, held, use, use_scanner

from folkmoot.store.files.keeping import find_file
from folkmoot.store.files.models import FileRow
from folkmoot.store.files.scanner import Scanner, ScannerUnavailable, Verdict
from folkmoot.store.files.scanning import scan
from folkmoot.testing import Client, Instance, read_html

INFECTED = b"words, then " + EICAR


async def state_of(instance: Instance, row: FileRow) -> str:
    async with instance.platform.database.reading(row.site_id) as session:
        found = await find_file(session, row.id)
    assert found is not None
    return found.state


async def stream(content: bytes) -> Any:
    for at in range(0, len(content), 1_000):
        yield content[at : at + 1_000]
        yield b""


async def test_a_scanner_says_clean_and_infected_over_tcp_and_over_a_socket(tmp_path: Path) -> None:
    async with Clamd() as tcp, Clamd(tmp_path / "clamd.sock") as socket:
        for clamd in (tcp, socket):
            scanner = Scanner(clamd.url)
            assert await scanner.scan(stream(b"words " * 1_000)) == Verdict(clean=True)
            assert await scanner.scan(stream(INFECTED)) == Verdict(clean=False, found="Eicar-Test-Signature")
            clamd.mode = "limit"
            assert await scanner.scan(stream(b"words")) == Verdict(clean=False)


@pytest.mark.parametrize("mode", ["error", "hang", "nonsense", "refuse", "black hole", "cut"])
async def test_a_scanner_that_does_not_say_is_not_taken_for_one_that_says_clean(clamd: Clamd, mode: str) -> None:
    async with FaultProxy(clamd.port) as proxy:
        scanner = Scanner(f"clamd://127.0.0.1:{proxy.port}", connect=0.3, answer=0.3)
        if mode == "refuse":
            await proxy.refuse()
        elif mode == "black hole":
            proxy.black_hole()
        elif mode == "cut":
            proxy.cut_after(30)
        else:
            clamd.mode = mode
        with pytest.raises(ScannerUnavailable):
            await scanner.scan(stream(b"words"))


async def test_a_file_waits_until_it_is_scanned(instance: Instance, staff_client: Client, clamd: Clamd) -> None:
    use_scanner(instance, clamd)
    row = await add(instance, public=True)
    assert row.state == "waiting"
    for client in (instance.client(), staff_client):
        answer = await client.get(f"/files/{row.id}")
        assert answer.status_code == 409
        assert "is being checked" in read_html(answer.text).one("h1").text
        assert PDF not in answer.content
    assert "Being checked for viruses" in (await staff_client.page("/admin/files")).text
    await instance.work()
    assert clamd.scanned == 1
    assert (await instance.client().get(f"/files/{row.id}")).content == PDF


async def test_an_infected_file_loses_its_content_and_staff_are_told(
    instance: Instance, staff_client: Client, clamd: Clamd
) -> None:
    use_scanner(instance, clamd)
    row = await add(instance, INFECTED, name="invoice.txt", public=True)
    twin = await add(instance, INFECTED, name="invoice 2.txt")
    await instance.work()
    assert (await state_of(instance, row), await state_of(instance, twin)) == ("infected", "infected")
    assert await held(instance.platform.files, instance.site.id) == {}
    answer = await instance.client().get(f"/files/{row.id}")
    assert answer.status_code == 410
    assert "A virus was found in this file" in answer.text
    tasks = (await staff_client.page("/admin")).text
    assert "Look at files with a virus" in tasks
    assert "2 waiting" in tasks
    assert "Deleted: it had a virus" in (await staff_client.page("/admin/files")).text


async def test_a_file_that_was_clean_once_is_not_when_the_scanner_has_learnt(instance: Instance, clamd: Clamd) -> None:
    before = await add(instance, INFECTED, name="invoice.txt")
    assert before.state == "clean"
    use_scanner(instance, clamd)
    await add(instance, INFECTED, name="invoice.txt")
    await instance.work()
    assert await state_of(instance, before) == "infected"


async def test_while_the_scanner_is_down_files_wait_and_are_tried_again(instance: Instance, clamd: Clamd) -> None:
    use_scanner(instance, clamd, answer=0.3)
    clamd.mode = "error"
    row = await add(instance)
    for _ in range(3):
        await instance.work()
        instance.clock.move(hours=1)
    assert await state_of(instance, row) == "waiting"
    clamd.mode = "scan"
    instance.clock.move(hours=7)
    await instance.work()
    assert await state_of(instance, row) == "clean"


async def test_a_file_whose_job_was_given_up_is_scanned_after_the_next_sweep(instance: Instance, clamd: Clamd) -> None:
    use_scanner(instance, clamd, answer=0.3)
    clamd.mode = "error"
    row = await add(instance)
    for _ in range(13):
        await instance.work()
        instance.clock.move(hours=8)
    clamd.mode = "scan"
    # The sweep of the next night asks for it anew.
    instance.clock.move(days=1)
    await instance.work()
    assert await state_of(instance, row) == "clean"


async def test_scanning_again_changes_nothing(instance: Instance, clamd: Clamd) -> None:
    keeping = use_scanner(instance, clamd)
    row = await add(instance, INFECTED, name="a.txt")
    for _ in range(3):
        assert await scan(keeping, instance.site.id, row.id) == "infected"
    assert clamd.scanned == 1
    assert await scan(keeping, instance.site.id, UUID(int=1)) is None


async def test_a_scan_that_takes_doubt_for_clean_is_caught(instance: Instance, clamd: Clamd) -> None:
    class Trusting(Scanner):
        async def scan(self, content: Any) -> Verdict:
            try:
                return await super().scan(content)
            except ScannerUnavailable:
                return Verdict(clean=True)

    clamd.mode = "error"
    use(instance, scanner=Trusting(clamd.url))
    row = await add(instance)
    await instance.work()
    assert await state_of(instance, row) != "waiting", "the check above would see this twin"
