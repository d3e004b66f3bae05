"""What core's own tables hold about people, why and for how long."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from folkmoot.accounts import personal_data as accounts
from folkmoot.accounts.models import Membership, User
from folkmoot.audit.models import AuditEntry
from folkmoot.forms import personal_data as forms
from folkmoot.mail import personal_data as mail
from folkmoot.privacy import complaints
from folkmoot.privacy.mentions import Mentions, naming
from folkmoot.spec.descriptors import Held, PersonalData, Subject, Term
from folkmoot.store.files.keeping import delete_file
from folkmoot.store.files.models import SHOWN, FileRow
from folkmoot.store.jobs.models import JobRow
from folkmoot.store.scoping import SiteSession
from folkmoot.store.search import SearchRow
from folkmoot.web.words import N_

AT_ONCE = 500
MOST_ENTRIES = 1_000
PUBLIC_TASK = N_("A task in the public interest (Article 6(1)(e) of the UK GDPR)")
LEGAL_DUTY = N_("A legal obligation (Article 6(1)(c) of the UK GDPR)")
LOGGED = N_("What was done under the account")
FILE = N_("A file")
JOB = N_("Work that is queued or was done")


def declarations() -> Sequence[PersonalData]:
    """Return what all of core's tables hold."""
    return (*_of_people(), *_of_visitors(), *_of_the_machine(), *_of_search(), *_nothing())


def _of_people() -> Sequence[PersonalData]:
    return (
        PersonalData(
            name="core.accounts",
            title=N_("Accounts of people who work on the site"),
            tables=("core_user", "core_membership", "core_user_session", "core_sign_in_link"),
            what=(N_("email address"), N_("role"), N_("password, as a hash"), N_("when they were signed in")),
            why=N_("To let people work on the site, and nobody else"),
            basis=PUBLIC_TASK,
            kept=N_("Accounts as long as somebody works on the site"),
            kept_for=Term(days=30),
            find=accounts.find_account,
            erase=accounts.erase_account,
            expire=accounts.expire_sessions,
            due=accounts.sessions_due,
            system=True,
            order=10,
        ),
        PersonalData(
            name="core.audit",
            title=N_("Log of what was done"),
            tables=("core_audit_entry",),
            what=(N_("what was done under which account, by a number that means nothing without the account"),),
            why=N_("To show who changed what, and that the log itself was not changed"),
            basis=LEGAL_DUTY,
            kept=N_("As long as the site; it names nobody once an account is erased"),
            find=_find_logged,
            system=True,
            order=20,
        ),
    )


def _of_visitors() -> Sequence[PersonalData]:
    return (
        PersonalData(
            name="core.submissions",
            title=N_("Answers that were sent"),
            tables=("core_form_submission",),
            what=(N_("answers"), N_("reasons for confidentiality"), N_("when they were sent")),
            why=N_("To learn what people think and need, and to decide"),
            basis=PUBLIC_TASK,
            kept=N_("What was chosen from a list stays as a figure; answers in words go"),
            kept_for=Term(years=3),
            find=forms.find_submissions,
            erase=forms.erase_submissions,
            expire=forms.expire_submissions,
            due=forms.submissions_due,
            order=30,
        ),
        PersonalData(
            name="core.drafts",
            title=N_("Answers in progress"),
            tables=("core_form_draft",),
            what=(N_("answers that were typed and not sent"),),
            why=N_("So that nobody loses what they typed"),
            basis=PUBLIC_TASK,
            kept_for=Term(days=30),
            find=forms.find_drafts,
            erase=forms.erase_drafts,
            expire=forms.expire_drafts,
            due=forms.drafts_due,
            order=40,
        ),
        *mail.DECLARATIONS,
        PersonalData(
            name="core.complaints",
            title=N_("Complaints about personal data"),
            tables=("core_complaint",),
            what=(N_("name, if it was given"), N_("how to reach the person"), N_("what happened")),
            why=N_("To answer complaints, as the Data Protection Act 2018 asks"),
            basis=LEGAL_DUTY,
            kept=N_("Counted from the answer"),
            kept_for=Term(years=3),
            find=complaints.find_about,
            erase=complaints.erase_about,
            expire=complaints.expire_complaints,
            due=complaints.complaints_due,
            order=60,
        ),
    )


def _of_the_machine() -> Sequence[PersonalData]:
    return (
        PersonalData(
            name="core.requests",
            title=N_("Log of requests about personal data"),
            tables=("core_subject_request", "core_erasure"),
            what=(N_("what was asked for, by a code that cannot be turned back into an address"),),
            why=N_("To answer in time, and to erase again what a backup brings back"),
            basis=LEGAL_DUTY,
            kept=N_("As long as the site"),
            order=70,
        ),
        PersonalData(
            name="core.files",
            title=N_("Files"),
            tables=("core_file",),
            what=(N_("files that were sent, with their names"),),
            why=N_("To keep what belongs to an answer or a page"),
            basis=PUBLIC_TASK,
            kept=N_("As long as what they belong to"),
            find=_find_files,
            erase=_erase_files,
            order=75,
        ),
        PersonalData(
            name="core.jobs",
            title=N_("Work in the background"),
            tables=("core_job",),
            what=(N_("what a piece of work needs to know, which can be an address"),),
            why=N_("To do later what was asked for, and to try again when it fails"),
            basis=PUBLIC_TASK,
            kept_for=Term(days=30),
            find=_find_jobs,
            erase=_erase_jobs,
            expire=_expire_jobs,
            due=_jobs_due,
            order=80,
        ),
    )


def _of_search() -> Sequence[PersonalData]:
    return (
        PersonalData(
            name="core.search",
            title=N_("Index of search"),
            tables=("core_search_entry",),
            what=(N_("the text of published pages, which can name people"),),
            why=N_("So that what is published can be found"),
            basis=PUBLIC_TASK,
            kept=N_("As long as the page is published"),
            find=Mentions((SearchRow,), N_("A published page that names the address")).find,
            erase=_erase_search,
            # Behind the sources: what they have let go of is indexed anew.
            order=900,
        ),
    )


def _nothing() -> Sequence[PersonalData]:
    return (
        PersonalData(
            name="core.forms",
            title=N_("Forms"),
            tables=("core_form", "core_form_version"),
            why=N_("Questions, not answers"),
        ),
        PersonalData(
            name="core.sites",
            title=N_("Sites and their settings"),
            tables=(
                *("core_site", "core_site_host", "core_site_plugin", "core_page_version", "core_directory_version"),
                *("core_retention", "core_retention_run", "core_api_token", "core_operation"),
                *("core_schedule", "core_search_state"),
            ),
            why=N_("Settings of a body; keys for programs, which belong to nobody"),
        ),
        PersonalData(
            name="core.counts",
            title=N_("Counts of what was used"),
            tables=("core_count",),
            why=N_("Numbers for each page and day, without addresses, cookies or anything else of a visitor"),
        ),
    )


async def _files(session: SiteSession, subject: Subject) -> Sequence[FileRow]:
    """Return the files whose name names a person; those of an answer go with it, by whoever took them in."""
    if not subject.email:
        return []
    named = sa.or_(*(naming(col(text), subject.email) for text in (FileRow.name, FileRow.purpose, FileRow.sentence)))
    return (await session.exec(select(FileRow).where(named, col(FileRow.state).in_(SHOWN)))).all()


async def _find_files(session: SiteSession, subject: Subject) -> Sequence[Held]:
    return [
        Held(
            title=FILE,
            key=str(row.id),
            values={"name": row.name, "size": row.size, "created_at": row.created_at.isoformat()},
            files=(row.sha256,),
        )
        for row in await _files(session, subject)
    ]


async def _erase_files(session: SiteSession, subject: Subject, now: datetime) -> int:
    rows = await _files(session, subject)
    for row in rows:
        # The bytes go after the commit, by a job.
        await delete_file(session, row.id, at=now)
    return len(rows)


async def _erase_search(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    """Take out of the index what names a person, with all forms of its words."""
    if not subject.email:
        return 0
    texts = (SearchRow.path, SearchRow.title, SearchRow.summary, SearchRow.body, SearchRow.key)
    named = sa.or_(*(naming(col(text), subject.email) for text in texts))
    ids = (await session.exec(select(SearchRow.id).where(named))).all()
    if ids:
        await session.exec(sa.delete(SearchRow).where(col(SearchRow.id).in_(ids)))
    return len(ids)


async def _find_logged(session: AsyncSession, subject: Subject) -> Sequence[Held]:
    """Return what was done under a person's account on the site."""
    if not subject.email:
        return []
    people = select(User.id).join(Membership, col(Membership.user_id) == User.id)
    people = people.where(User.email == subject.email, Membership.site_id == subject.site_id)
    user_id = (await session.exec(people)).first()
    if user_id is None:
        return []
    query = select(AuditEntry).where(AuditEntry.site_id == subject.site_id, AuditEntry.actor == f"user:{user_id}")
    entries = (await session.exec(query.order_by(col(AuditEntry.sequence)).limit(MOST_ENTRIES))).all()
    return [
        Held(title=LOGGED, key=str(entry.sequence), values={"action": entry.action, "at": entry.at.isoformat()})
        for entry in entries
    ]


async def _jobs(session: SiteSession, subject: Subject) -> Sequence[JobRow]:
    if not subject.email:
        return []
    texts = (JobRow.arguments, JobRow.key, JobRow.sentence, JobRow.error)
    named = sa.or_(*(naming(col(text), subject.email) for text in texts))
    return (await session.exec(select(JobRow).where(named))).all()


async def _find_jobs(session: SiteSession, subject: Subject) -> Sequence[Held]:
    return [
        Held(title=JOB, key=str(row.id), values={"name": row.name, "state": row.state, "arguments": row.arguments})
        for row in await _jobs(session, subject)
    ]


async def _erase_jobs(session: SiteSession, subject: Subject, now: datetime) -> int:  # noqa: ARG001
    rows = await _jobs(session, subject)
    for row in rows:
        await session.delete(row)
    await session.flush()
    return len(rows)


async def _jobs_due(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    query = select(sa.func.count(col(JobRow.id))).where(col(JobRow.finished_at) <= before)
    return (await session.exec(query)).one()


async def _expire_jobs(session: SiteSession, now: datetime, before: datetime) -> int:  # noqa: ARG001
    ids = (await session.exec(select(JobRow.id).where(col(JobRow.finished_at) <= before).limit(AT_ONCE))).all()
    if ids:
        await session.exec(sa.delete(JobRow).where(col(JobRow.id).in_(ids)))
    return len(ids)
