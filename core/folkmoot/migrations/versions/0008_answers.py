"""answers."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SUBMISSION = sa.table(
    "core_form_submission",
    sa.column("site_id", sa.Uuid()),
    sa.column("id", sa.Uuid()),
    sa.column("form_version_id", sa.Uuid()),
    sa.column("answers", JSON),
)
ANSWER = sa.table(
    "core_form_answer",
    sa.column("site_id", sa.Uuid()),
    sa.column("id", sa.Uuid()),
    sa.column("submission_id", sa.Uuid()),
    sa.column("question", sa.String()),
    sa.column("value", sa.Text()),
    sa.column("position", sa.Integer()),
)
VERSION = sa.table("core_form_version", sa.column("id", sa.Uuid()), sa.column("definition", JSON))


def upgrade() -> None:
    """Move each submission's answers into its own row."""
    with op.batch_alter_table("core_form_submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answers", JSON, nullable=False, server_default=sa.text("'{}'")))
    connection = op.get_bind()
    lists = {row.id: _lists(row.definition) for row in connection.execute(sa.select(VERSION))}
    for submission in connection.execute(sa.select(SUBMISSION)).all():
        mine = (ANSWER.c.site_id == submission.site_id) & (ANSWER.c.submission_id == submission.id)
        given: dict[str, Any] = {}
        for row in connection.execute(sa.select(ANSWER).where(mine).order_by(ANSWER.c.position, ANSWER.c.id)):
            if row.question in lists.get(submission.form_version_id, ()):
                given.setdefault(row.question, []).append(row.value)
            else:
                given[row.question] = row.value
        this = (SUBMISSION.c.site_id == submission.site_id) & (SUBMISSION.c.id == submission.id)
        connection.execute(sa.update(SUBMISSION).where(this).values(answers=given))
    op.drop_table("core_form_answer")


def downgrade() -> None:
    """Give each answer its row again."""
    op.create_table(
        "core_form_answer",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "submission_id"],
            ["core_form_submission.site_id", "core_form_submission.id"],
            name=op.f("fk_core_form_answer_site_id_submission_id_core_form_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_form_answer_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_form_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_core_form_answer_site_id_submission_id"), "core_form_answer", ["site_id", "submission_id"])
    connection = op.get_bind()
    for submission in connection.execute(sa.select(SUBMISSION)).all():
        for question, value in submission.answers.items():
            for position, one in enumerate([value] if isinstance(value, str) else value):
                row = {"site_id": submission.site_id, "id": uuid4(), "submission_id": submission.id}
                row |= {"question": question, "value": one, "position": position}
                connection.execute(sa.insert(ANSWER).values(row))
    with op.batch_alter_table("core_form_submission", schema=None) as batch_op:
        batch_op.drop_column("answers")


def _lists(definition: Mapping[str, Any] | str) -> set[str]:
    """Return the keys of the questions to which several answers may be given."""
    read = json.loads(definition) if isinstance(definition, str) else definition
    questions = [question for page in read.get("pages", ()) for question in page.get("questions", ())]
    return {question["key"] for question in questions if question["type"] == "multiple"}
