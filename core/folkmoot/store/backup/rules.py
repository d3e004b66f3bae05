"""How each table travels. A table without a rule is refused: nothing is forgotten because nobody thought of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import SQLModel

from folkmoot.spec.errors import FolkmootError
from folkmoot.store.migrations.lineage import Lineage


class UndeclaredTable(FolkmootError):
    """A table has rows that nobody has said how to treat."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How the rows of a table travel.

    :param backup: whether they are in a backup of everything
    :param export: whether those of a site are in the file of that site
    :param rewinds: whether restoring a site sets them back to what the file holds
    """

    backup: bool
    export: bool
    rewinds: bool


# What a site is made of. Every table of a plugin is one of these.
WITH_SITE = Rule(backup=True, export=True, rewinds=True)
# What must not be wound back with its site: a log has no holes, who was shut out since stays out, what was sent is not
# sent again, who unsubscribed or complained since is not forgotten.
KEPT = Rule(backup=True, export=True, rewinds=False)
# What belongs to the instance, or opens a door to it.
INSTANCE = Rule(backup=True, export=False, rewinds=False)
# What is worth something only here and now.
HERE = Rule(backup=False, export=False, rewinds=False)
# What is made again from the rest: a restore throws it away, and a job makes it anew.
DERIVED = Rule(backup=False, export=False, rewinds=True)

SITE, USER, MEMBERSHIP, JOB = "core_site", "core_user", "core_membership", "core_job"
NAMED = {
    SITE: WITH_SITE,
    "core_site_plugin": WITH_SITE,
    # Winding hosts back could take one from a neighbour who has it by now.
    "core_site_host": KEPT,
    MEMBERSHIP: KEPT,
    "core_audit_entry": KEPT,
    "core_mail": KEPT,
    "core_mail_suppression": KEPT,
    "core_subscription": KEPT,
    "core_complaint": KEPT,
    "core_erasure": KEPT,
    "core_retention_run": KEPT,
    "core_subject_request": KEPT,
    # In the file of one site people travel with their memberships: by email address, without a password.
    USER: INSTANCE,
    "core_api_token": INSTANCE,
    "core_operation": INSTANCE,
    "core_schedule": INSTANCE,
    "core_user_session": HERE,
    "core_sign_in_link": HERE,
    "core_search_entry": DERIVED,
    "core_search_state": DERIVED,
    "core_page_version": HERE,
    "core_directory_version": HERE,
}


def rule_of(table: sa.Table) -> Rule:
    """Return how a table travels; raises ``UndeclaredTable``."""
    named = NAMED.get(table.name)
    if named is not None:
        return named
    if is_scoped(table):
        return WITH_SITE
    raise UndeclaredTable(
        f"Nobody has said how the table {table.name} travels: name it in folkmoot.store.backup.rules."
    )


def is_scoped(table: sa.Table) -> bool:
    """Say whether a table's rows are those of a ``SiteScoped`` model."""
    return [column.name for column in table.primary_key] == ["site_id", "id"]


def tables_of(lineages: Iterable[Lineage]) -> Sequence[sa.Table]:
    """Return every table of core and the active plugins, each after those that it refers to."""
    prefixes = tuple(lineage.prefix for lineage in lineages)
    return [table for table in SQLModel.metadata.sorted_tables if table.name.startswith(prefixes)]


def refuse_forgotten(unknown: Iterable[str], lineages: Iterable[Lineage]) -> None:
    """Refuse when the database has tables of core or an active plugin that no model has: they would be forgotten."""
    prefixes = tuple(lineage.prefix for lineage in lineages)
    forgotten = sorted(name for name in unknown if name.startswith(prefixes))
    if forgotten:
        raise UndeclaredTable(f"The table {forgotten[0]} has no model, so it would be forgotten: register its table.")


def in_backup(tables: Iterable[sa.Table]) -> Sequence[sa.Table]:
    """Return the tables whose rows are in a backup of everything."""
    return [table for table in tables if rule_of(table).backup]


def in_export(tables: Iterable[sa.Table]) -> Sequence[sa.Table]:
    """Return the tables whose rows are in the file of one site."""
    return [table for table in tables if rule_of(table).export]


def of_a_site(tables: Iterable[sa.Table]) -> Sequence[sa.Table]:
    """Return the tables that have rows of sites, whether those travel or not; work that waits comes last."""
    return _work_last(table for table in tables if "site_id" in table.c)


def rewinding(tables: Iterable[sa.Table]) -> Sequence[sa.Table]:
    """Return the tables whose rows a restore of a site takes away; work that waits comes last, so it goes first."""
    return [table for table in of_a_site(tables) if rule_of(table).rewinds]


def _work_last(tables: Iterable[sa.Table]) -> list[sa.Table]:
    # A site without plugins and jobs lies still while the rest of it comes and goes.
    return sorted(tables, key=lambda table: table.name in {"core_site_plugin", JOB})
