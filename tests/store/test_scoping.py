"""The first wall: one session sees one site, whatever the shape of the query, and nothing goes round it."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from folkmoot.forms.models import Draft, Form, FormVersion, Submission
from folkmoot.kernel.ids import new_id
from folkmoot.spec.errors import CrossSiteWrite, UnscopedQuery
from folkmoot.store.scoping import SiteSession, site_scope
from folkmoot.store.tables import SiteScoped
from folkmoot.testing import Instance
from folkmoot.testing.instance import START

TABLE: sa.Table = Submission.__table__  # type: ignore[attr-defined]


async def put(session: SiteSession, reference: str) -> UUID:
    form = Form(owner=reference, created_at=START)
    session.add(form)
    await session.flush()
    version = FormVersion(form_id=form.id, definition={}, created_at=START)
    session.add(version)
    await session.flush()
    row = Submission(
        form_id=form.id,
        form_version_id=version.id,
        reference=reference,
        idempotency_key=reference,
        received_at=START,
    )
    session.add(row)
    await session.flush()
    session.add(Draft(form_id=form.id, secret_hash=reference, updated_at=START))
    await session.commit()
    return row.id


@pytest.fixture
async def two(instance: Instance) -> tuple[Instance, UUID, UUID]:
    async with instance.desk().writing() as session:
        ours = await put(session, "OURS")
    async with instance.desk(instance.other_site).writing() as session:
        theirs = await put(session, "THEIRS")
    return instance, ours, theirs


SHAPES = {
    "entity": select(Submission.reference),
    "count": select(sa.func.count()).select_from(Submission),
    "exists": select(sa.exists(select(Submission.id).where(Submission.reference == "THEIRS"))),
    "scalar subquery": select(select(sa.func.count(col(Submission.id))).scalar_subquery()),
    "alias": select(aliased(Submission).reference),
    "join": select(Form.owner).join(Submission, col(Submission.form_id) == col(Form.id)),
    "subquery": select(sa.func.count()).select_from(select(Submission.id).subquery()),
    "cte": select(sa.func.count()).select_from(select(Submission.id).cte()),
    "union": sa.union_all(select(Submission.reference), select(Submission.idempotency_key)),
    "group": select(Submission.reference, sa.func.count()).group_by(col(Submission.reference)),
    "in": select(Form.owner).where(col(Form.id).in_(select(Submission.form_id))),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_query_sees_its_own_site_only(two: tuple[Instance, UUID, UUID], shape: str) -> None:
    instance, _, _ = two
    async with instance.desk().reading() as session:
        found = (await session.exec(SHAPES[shape])).all()  # type: ignore[call-overload]
    assert "THEIRS" not in str(found)
    assert str(found) in {"['OURS']", "[1]", "[False]", "[('OURS',), ('OURS',)]", "[('OURS', 1)]"}


async def test_a_foreign_row_is_not_found_by_its_key(two: tuple[Instance, UUID, UUID]) -> None:
    instance, ours, theirs = two
    async with instance.desk().reading() as session:
        assert await session.get(Submission, (instance.site.id, ours)) is not None
        assert await session.get(Submission, (instance.other_site.id, theirs)) is None


async def test_updates_and_deletes_touch_the_own_site_only(two: tuple[Instance, UUID, UUID]) -> None:
    instance, _, theirs = two
    async with instance.desk().writing() as session:
        await session.exec(sa.update(Submission).values(channel="post"))
        await session.exec(sa.delete(Draft))
        await session.commit()
    async with instance.desk(instance.other_site).reading() as session:
        row = await session.get(Submission, (instance.other_site.id, theirs))
        assert row is not None
        assert row.channel == "web"
        assert len((await session.exec(select(Draft))).all()) == 1


BYPASSES = {
    "text": sa.text("select * from core_form_submission"),
    "text in where": select(Submission).where(sa.text("1 = 1")),
    "bare table": select(TABLE),
    "bare column": select(TABLE.c.reference),
    "bare from": select(sa.func.count()).select_from(TABLE),
    "bare join": select(Form).join(TABLE, TABLE.c.form_id == col(Form.id)),
    "join of tables": select(sa.func.count()).select_from(TABLE.join(Form.__table__, sa.true())),  # type: ignore[attr-defined]
    "bare subquery": select(sa.func.count()).select_from(select(TABLE.c.id).subquery()),
    "bare alias": select(TABLE.alias().c.reference),
    "bare alias beside its model": select(Submission, TABLE.alias().c.reference),
    "bare exists beside its model": select(Submission).where(sa.exists(select(TABLE.c.id))),
    "bare exists": select(sa.exists(select(TABLE.c.id))),
    "bare update": sa.update(TABLE).values(channel="x"),
    "bare delete": sa.delete(TABLE),
    "bulk insert": sa.insert(Submission).values(reference="x"),
}


@pytest.mark.parametrize("bypass", BYPASSES)
async def test_what_goes_round_the_filter_is_refused(instance: Instance, bypass: str) -> None:
    async with instance.desk().reading() as session:
        with pytest.raises(UnscopedQuery):
            await session.exec(BYPASSES[bypass])  # type: ignore[call-overload]


async def test_a_row_of_another_site_cannot_be_written(instance: Instance) -> None:
    async with instance.desk().writing() as session:
        session.add(Form(site_id=instance.other_site.id, owner="test", created_at=START))
        with pytest.raises(CrossSiteWrite):
            await session.commit()


async def test_a_row_cannot_be_moved_to_another_site(two: tuple[Instance, UUID, UUID]) -> None:
    instance, ours, _ = two
    async with instance.desk().writing() as session:
        row = await session.get(Submission, (instance.site.id, ours))
        assert row is not None
        row.site_id = instance.other_site.id
        with pytest.raises(CrossSiteWrite):
            await session.commit()


async def test_sessions_of_two_sites_do_not_nest(instance: Instance) -> None:
    with site_scope(instance.site.id), pytest.raises(UnscopedQuery), site_scope(instance.other_site.id):
        pass


async def test_a_session_without_its_site_refuses_to_run(instance: Instance) -> None:
    async with SiteSession(instance.platform.database.engine, instance.site.id) as session:
        with pytest.raises(UnscopedQuery):
            await session.exec(select(Submission))


async def test_every_row_is_stamped(two: tuple[Instance, UUID, UUID]) -> None:
    instance, ours, _ = two
    async with instance.desk().reading() as session:
        row = await session.get(Submission, (instance.site.id, ours))
    assert row is not None
    assert row.site_id == instance.site.id
    assert new_id() > row.id


async def test_a_model_that_is_written_after_the_first_query_is_stamped_like_any_other(
    two: tuple[Instance, UUID, UUID],
) -> None:
    instance, _, _ = two
    async with instance.desk().reading() as session:
        await session.exec(select(Submission))

    class Late(SiteScoped):
        word: str = ""

    assert Late().site_id is None
