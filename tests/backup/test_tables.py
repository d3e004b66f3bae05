"""No table is forgotten: each has a rule, each column has a form, and what is unknown is refused."""

from importlib.metadata import entry_points
from pathlib import Path

import pytest
import sqlalchemy as sa
from comparing import PLUGINS
from sqlmodel import SQLModel

from folkmoot.kernel.registry import CORE
from folkmoot.store.backup.rules import NAMED, UndeclaredTable, is_scoped, rule_of, tables_of
from folkmoot.store.backup.values import UnknownType, columns_of
from folkmoot.store.migrations.lineage import Lineage
from folkmoot.testing import Instance
from folkmoot.web import operations
from folkmoot.web.application import lineages

FOLKMOOT_PLUGINS = PLUGINS


def tables(instance: Instance) -> list[sa.Table]:
    return list(tables_of(lineages(instance.platform.registry)))


def test_all_plugins_are_looked_at() -> None:
    assert set(PLUGINS) == {point.name for point in entry_points(group="folkmoot.plugins")}


async def test_every_table_says_how_it_travels_and_every_column_how_it_is_written(instance: Instance) -> None:
    found = tables(instance)
    registered = {owned.item.__tablename__ for owned in instance.platform.registry.tables}
    assert registered <= {table.name for table in found}
    columns = sum(len(columns_of(table)) for table in found if rule_of(table).backup)
    print(f"backup: tables {len(found)}, columns {columns}, without a rule 0")
    assert columns > 150


async def test_the_named_rules_name_tables_that_are_there(instance: Instance) -> None:
    assert set(NAMED) <= {table.name for table in tables(instance)}


async def test_what_is_not_of_one_site_is_named(instance: Instance) -> None:
    others = {table.name for table in tables(instance) if not is_scoped(table)}
    assert others == {name for name in NAMED if not is_scoped(SQLModel.metadata.tables[name])}


def test_a_table_that_nobody_thought_of_is_refused() -> None:
    table = sa.Table("core_new_thing", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True))
    with pytest.raises(UndeclaredTable, match="Nobody has said how the table core_new_thing travels"):
        rule_of(table)


def test_a_column_of_a_kind_that_nobody_thought_of_is_refused() -> None:
    table = sa.Table("core_new_thing", sa.MetaData(), sa.Column("span", sa.Interval))
    with pytest.raises(UnknownType, match=r"core_new_thing\.span"):
        columns_of(table)


async def test_a_table_without_a_model_stops_the_backup(instance: Instance, tmp_path: Path) -> None:
    """The twin: the model of a table has not been imported, so that the registry does not know it."""
    hidden = SQLModel.metadata.tables["core_form_submission"]
    SQLModel.metadata.remove(hidden)
    try:
        with pytest.raises(UndeclaredTable, match="core_form_submission has no model"):
            await operations.back_up(instance.platform, tmp_path / "b.zip", None, str)
    finally:
        SQLModel.metadata._add_table(hidden.name, None, hidden)
    assert list(tmp_path.glob("*.zip")) == []


async def test_tables_of_a_plugin_that_is_not_active_are_named_in_the_manifest(
    instance: Instance, tmp_path: Path
) -> None:
    some = [lineage for lineage in lineages(instance.platform.registry) if lineage.name in {CORE, "feedback"}]
    store = operations.store_of(instance.platform)
    manifest = await operations.take_backup(type(store)(store.database, some), tmp_path / "b.zip")
    assert "consultation_consultation" in manifest.left_out
    assert manifest.revisions.keys() == {CORE, "feedback"}


async def test_nothing_that_is_kept_hangs_on_what_is_set_back(instance: Instance) -> None:
    found = tables(instance)
    for table in [table for table in found if not rule_of(table).rewinds and table.name != "core_site"]:
        parents = {key.column.table for key in table.foreign_keys} - {table}
        assert [t.name for t in parents if rule_of(t).rewinds and t.name != "core_site"] == [], table.name


async def test_only_sites_refer_to_their_own_kind(instance: Instance) -> None:
    """Rows are loaded in the order of their keys: a row that names a later one of its table would not be taken."""
    own = [t.name for t in tables(instance) if any(key.column.table is t for key in t.foreign_keys)]
    assert own == ["core_site"]


def test_prefixes_of_lineages_are_those_of_tables() -> None:
    assert Lineage("consultation", "folkmoot_consultation").prefix == "consultation_"
