"""What is one site's is nothing on another, by any link; and twins that forget the site are caught."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from filing import PDF, add, held
from sqlmodel import select

from folkmoot.api import files as api
from folkmoot.spec.errors import CrossSiteWrite
from folkmoot.store.files import links
from folkmoot.store.files.models import FileRow
from folkmoot.testing import Client, Instance

THEIRS = b"words of the neighbour's alone"


async def told(client: Client, path: str, file_id: object) -> tuple[int, str]:
    answer = await client.get(path)
    return answer.status_code, answer.text.replace(answer.headers["x-request-id"], "").replace(str(file_id), "…")


@pytest.mark.parametrize("path", ["/files/{}", "/admin/files/{}", "/admin/files/{}/delete"])
@pytest.mark.parametrize("public", [True, False])
async def test_a_file_of_the_neighbours_is_answered_as_one_that_never_was(
    instance: Instance, path: str, public: bool
) -> None:
    theirs = await add(instance, THEIRS, name="theirs.txt", site=instance.other_site, public=public)
    missing = uuid4()
    for client in (instance.client(), await instance.staff_client()):
        answer = await told(client, path.format(theirs.id), theirs.id)
        assert answer == await told(client, path.format(missing), missing)
        if "admin" not in path or client.cookies:
            assert answer[0] == 404


async def test_deleting_a_file_of_the_neighbours_deletes_nothing(instance: Instance, staff_client: Client) -> None:
    theirs = await add(instance, THEIRS, name="theirs.txt", site=instance.other_site)
    page = await staff_client.page("/admin/files")
    token = next(field.attributes["value"] for field in page.all("input") if field.get("name") == "form_token")
    answer = await staff_client.post(
        f"/admin/files/{theirs.id}/delete", data={"form_token": token}, headers={"sec-fetch-site": "same-origin"}
    )
    assert answer.status_code == 404
    await instance.work()
    assert len(await held(instance.platform.files, instance.other_site.id)) == 1


async def same_id_on_both(instance: Instance) -> tuple[FileRow, FileRow]:
    """Return files of the two sites with one id, as a copy of a site on one instance makes them."""
    ours = await add(instance, PDF)
    theirs = await add(instance, THEIRS, name="theirs.txt", site=instance.other_site)
    async with instance.platform.database.writing(ours.site_id) as session:
        row = (await session.exec(select(FileRow).where(FileRow.id == ours.id))).one()
        await session.delete(row)
        await session.flush()
        ours = FileRow(**{**row.model_dump(), "id": theirs.id})
        session.add(ours)
        await session.commit()
    return ours, theirs


async def test_a_signed_link_of_one_site_is_worthless_on_another(instance: Instance) -> None:
    ours, theirs = await same_id_on_both(instance)
    link_to_theirs = api.link(instance.desk(instance.other_site), theirs)
    here, there = instance.client(), instance.client(instance.other_site)
    assert (await there.get(link_to_theirs)).content == THEIRS
    missing = uuid4()
    assert await told(here, link_to_theirs, theirs.id) == await told(here, f"/files/{missing}", missing)
    assert (await here.get(api.link(instance.desk(), ours))).content == PDF


async def test_a_signature_that_leaves_the_site_out_is_caught(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, theirs = await same_id_on_both(instance)
    sign = links._sign

    def blind(secret_key: str, site_id: UUID, *rest: object) -> str:
        return sign(secret_key, UUID(int=0), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(links, "_sign", blind)
    link_to_theirs = api.link(instance.desk(instance.other_site), theirs)
    assert (await instance.client().get(link_to_theirs)).content == PDF, "the check above would see this twin"


async def test_an_expired_link_of_the_neighbours_is_not_told_to_be_one(instance: Instance) -> None:
    theirs = await add(instance, THEIRS, name="theirs.txt", site=instance.other_site)
    link = api.link(instance.desk(instance.other_site), theirs, valid_for=timedelta(minutes=1))
    instance.clock.move(minutes=2)
    assert (await instance.client(instance.other_site).get(link)).status_code == 410
    assert (await instance.client().get(link)).status_code == 404


async def test_a_row_of_another_site_cannot_be_written_and_is_not_found(instance: Instance) -> None:
    theirs = await add(instance, THEIRS, name="theirs.txt", site=instance.other_site)
    async with instance.platform.database.reading(instance.site.id) as session:
        assert await api.find_file(session, theirs.id) is None
        assert await api.usage(session) == 0
    async with instance.platform.database.writing(instance.site.id) as session:
        session.add(FileRow(**{**theirs.model_dump(), "id": uuid4()}))
        with pytest.raises(CrossSiteWrite):
            await session.commit()
