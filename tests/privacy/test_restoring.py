"""A backup brings back who was erased after it was taken: they are erased again, and others are not."""

import pytest
import sqlalchemy as sa
from planting import EMAIL, Planted, plant, rows_naming
from sqlmodel import select

from folkmoot.privacy.models import Erasure
from folkmoot.privacy.subjects import EMAILS, read_subject, subject_hash, subjects_in
from folkmoot.spec.descriptors import Subject
from folkmoot.spec.errors import Unprocessable
from folkmoot.testing import Instance
from folkmoot.web.privacy_desk import erase, keep_erasures, read_erasures, reapply_erasures, whom

BYSTANDER = "bystander@elsewhere.example"


async def feedback(instance: Instance, words: str) -> None:
    sent = {"path": "/", "useful": False, "what_wrong": words}
    assert (await instance.client().post("/api/v1/feedback/page", json=sent)).status_code == 201


async def test_who_was_erased_is_erased_again_and_nobody_else(everywhere: Instance) -> None:
    """As a restore does: keep what was erased, put the old rows back, keep it there, erase again."""
    desk = everywhere.desk()
    await erase(desk, whom(desk, EMAIL))
    async with everywhere.platform.database.system_reading() as session:
        erasures = await read_erasures(session)
    # The backup of yesterday: everything is there again, and it knows of no erasure.
    async with desk.writing() as session:
        await session.exec(sa.delete(Erasure))
        await session.commit()
    await plant(everywhere)
    await feedback(everywhere, f"Write to {BYSTANDER}, please.")
    async with everywhere.platform.database.system_writing() as session:
        await keep_erasures(session, erasures)
        await keep_erasures(session, erasures)
    assert await reapply_erasures(everywhere.platform) == 1
    assert await rows_naming(everywhere, EMAIL, everywhere.site) == {}
    assert await rows_naming(everywhere, BYSTANDER) != {}
    # The tombstone stays: the next restore needs it too.
    async with desk.reading() as session:
        assert len((await session.exec(select(Erasure))).all()) == 1
    assert await reapply_erasures(everywhere.platform) == 0


async def test_a_submission_that_was_erased_by_its_reference_is_erased_again(planted: Planted) -> None:
    desk = planted.instance.desk()
    subject = whom(desk, planted.reference)
    async with desk.writing() as session:
        session.add(Erasure(subject_hash=subject_hash(subject), at=desk.now()))
        await session.commit()
    assert await reapply_erasures(planted.instance.platform, [planted.instance.site]) == 1
    assert await rows_naming(planted.instance, planted.reference) == {}


async def test_an_erasure_on_one_site_erases_nobody_on_another(everywhere: Instance) -> None:
    there = everywhere.desk(everywhere.other_site)
    await erase(there, whom(there, EMAIL))
    await feedback(everywhere, f"I am {EMAIL}.")
    assert await reapply_erasures(everywhere.platform) == 0
    assert await rows_naming(everywhere, EMAIL) != {}


async def test_the_code_of_a_person_is_another_on_every_site_and_with_every_key(everywhere: Instance) -> None:
    sites = (everywhere.site.id, everywhere.other_site.id)
    hashes = {subject_hash(Subject(site_id=s, email=EMAIL, secret_key=k)) for s in sites for k in ("one", "two")}
    assert len(hashes) == 4
    assert "one" not in repr(Subject(site_id=sites[0], email=EMAIL, secret_key="one"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to ann.o'neil@x.example.", {"neil@x.example"}),
        ("<Ann@X.example>, (bob+list@y.example)!", {"ann@x.example", "bob+list@y.example"}),
        ('{"to": "zoë@bücher.example"}', {"zoë@bücher.example"}),
        ("mailto:a@b.example?subject=x", {"a@b.example?subject=x"}),
        ("no at sign, a@ or @b", set()),
    ],
)
def test_addresses_are_found_in_whatever_text(text: str, found: set[str]) -> None:
    assert {address.lower() for address in EMAILS.findall(text)} == found


@pytest.mark.parametrize("typed", ["", "ann", "ann@", "@b", "a b@c.example", "OCCS-7K2M", "OCCS-7K2M-9QXU"])
def test_what_is_neither_address_nor_reference_is_refused(everywhere: Instance, typed: str) -> None:
    with pytest.raises(Unprocessable):
        read_subject(everywhere.site.id, typed, "key")


def test_a_reference_is_found_in_text(everywhere: Instance) -> None:
    site = everywhere.site.id
    assert {s.reference for s in subjects_in(site, "It was OCCS-7K2M-9QXD.", "key")} == {"OCCS-7K2M-9QXD"}
