"""search."""

import sqlalchemy as sa
from alembic import op

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

# The index is called otherwise than our tables are, so that nobody takes it, or the tables it is made of, for one.
COLUMNS = ("site_id", "source", "title_terms", "title_words", "text_terms", "text_words")
LISTED = ", ".join(COLUMNS)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_search_entry",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("plugin", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("path", "title", "summary", "part_of", "body")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in COLUMNS[2:]),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_search_entry_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_search_entry")),
        sa.UniqueConstraint(
            "site_id",
            "plugin",
            "source",
            "key",
            "locale",
            name=op.f("uq_core_search_entry_site_id_plugin_source_key_locale"),
        ),
    )
    for columns in (("number",), ("site_id", "shown_from"), ("site_id", "shown_until")):
        op.create_index(op.f(f"ix_core_search_entry_{'_'.join(columns)}"), "core_search_entry", list(columns))
    op.create_table(
        "core_search_state",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plugin", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("indexed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_site.id"], name=op.f("fk_core_search_state_site_id_core_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_core_search_state")),
        sa.UniqueConstraint("site_id", "plugin", "source", name=op.f("uq_core_search_state_site_id_plugin_source")),
    )
    connection = op.get_bind()
    for statement in POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE:
        # Not as text of SQLAlchemy's: the colons in these are PostgreSQL's own.
        connection.exec_driver_sql(statement.replace("OUR_SCHEMA", _schema(connection)))


def downgrade() -> None:
    """Take the change back."""
    connection = op.get_bind()
    op.drop_table("core_search_state")
    op.drop_table("core_search_entry")
    for statement in POSTGRESQL_BACK if connection.dialect.name == "postgresql" else SQLITE_BACK:
        connection.exec_driver_sql(statement)


def _schema(connection: sa.Connection) -> str:
    if connection.dialect.name != "postgresql":
        return ""
    schema: str = connection.exec_driver_sql("select current_schema").scalar_one()
    return connection.dialect.identifier_preparer.quote(schema)


_NEW = ", ".join(f"new.{name}" for name in COLUMNS)
_OLD = ", ".join(f"old.{name}" for name in COLUMNS)
# The words come ready for it, with spaces between them: it has only to part them.
SQLITE = (
    f"""
    create virtual table fts_core_search using fts5(
      {LISTED}, content='core_search_entry', content_rowid='number', tokenize='ascii', columnsize=0
    )""",
    # The number is the database's own and never that of a row that comes from elsewhere. It does not change when the
    # file is made anew, as the row's own would.
    f"""
    create trigger core_search_entry_added after insert on core_search_entry begin
      update core_search_entry set number = (select coalesce(max(number), 0) + 1 from core_search_entry)
        where rowid = new.rowid;
      insert into fts_core_search (rowid, {LISTED})
        select number, {_NEW} from core_search_entry where rowid = new.rowid;
    end""",  # noqa: S608 (made of names above)
    f"""
    create trigger core_search_entry_removed after delete on core_search_entry begin
      insert into fts_core_search (fts_core_search, rowid, {LISTED}) values ('delete', old.number, {_OLD});
    end""",  # noqa: S608
    f"""
    create trigger core_search_entry_changed after update of {LISTED} on core_search_entry begin
      insert into fts_core_search (fts_core_search, rowid, {LISTED}) values ('delete', old.number, {_OLD});
      insert into fts_core_search (rowid, {LISTED}) values (old.number, {_NEW});
    end""",  # noqa: S608
)
SQLITE_BACK = ("drop table fts_core_search",)

# No role but the owner reads the index. Matching by it goes round the policies, which would keep every index of words
# from being used, and so it is one function that looks at the transaction's own site only and gives ids, nothing else.
POSTGRESQL = (
    """
    create table fts_core_search (
      site_id uuid not null, id uuid not null, title tsvector not null, whole tsvector not null,
      plugin varchar(30) not null, shown_from timestamptz, shown_until timestamptz,
      constraint pk_fts_core_search primary key (site_id, id)
    )""",
    "alter table fts_core_search enable row level security",
    "create index ix_fts_core_search_title on fts_core_search using gin (title) with (fastupdate = off)",
    "create index ix_fts_core_search_whole on fts_core_search using gin (whole) with (fastupdate = off)",
    # Made from the words as they come: the database's own reading of texts depends on its locale.
    r"""
    create function fts_core_search_in_order(words text) returns tsvector language sql immutable as $$
      select coalesce(string_agg(
        '''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':' || least(place, 16383), ' '
      ), '')::tsvector
      from unnest(string_to_array(words, ' ')) with ordinality as each (word, place) where word <> ''
    $$""",
    """
    create function fts_core_search_anywhere(words text) returns tsvector language sql immutable as $$
      select array_to_tsvector(array_remove(string_to_array(words, ' '), ''))
    $$""",
    # A colon stands between title and text, so that no phrase reaches from the one into the other.
    """
    create function fts_core_search_keep() returns trigger language plpgsql
    security definer set search_path = OUR_SCHEMA, pg_temp as $$
    declare
      place tsvector;
      title tsvector;
    begin
      if tg_op <> 'INSERT' then
        delete from fts_core_search where site_id = old.site_id and id = old.id;
      end if;
      if tg_op <> 'DELETE' then
        place := array_to_tsvector(array['site:' || replace(new.site_id::text, '-', ''), 'source:' || new.source]);
        title := fts_core_search_in_order(new.title_terms) || fts_core_search_anywhere(new.title_words);
        insert into fts_core_search values (
          new.site_id, new.id, place || title,
          place || title || ''':'':1'::tsvector || fts_core_search_in_order(new.text_terms)
            || fts_core_search_anywhere(new.text_words),
          new.plugin, new.shown_from, new.shown_until
        );
      end if;
      return null;
    end $$""",
    # What many of the newest rows have is soon found by asking them one by one; what few have is taken from the index.
    # The planner, left to itself, takes rare words for common ones; told of more rows, it would read the whole table
    # to join them.
    """
    create function fts_core_search_match(wanted text, in_title boolean, plugins text, at timestamptz, most integer)
    returns setof uuid language plpgsql stable rows 50 security definer
    set search_path = OUR_SCHEMA, pg_temp
    set enable_seqscan = off set enable_indexscan = on set enable_bitmapscan = off as $$
    declare
      site uuid := nullif(current_setting('app.site_id', true), '')::uuid;
      query tsquery := ('''site:' || replace(site::text, '-', '') || '''')::tsquery && wanted::tsquery;
      words text := case when in_title then 'title' else 'whole' end;
      among_newest bigint;
    begin
      execute format(
        'select count(*) from (select %I as words from fts_core_search where site_id = $1 order by id desc limit 1000)'
        || ' as newest where words @@ $2', words
      ) into among_newest using site, query;
      if among_newest < 100 then
        perform set_config('enable_indexscan', 'off', true), set_config('enable_bitmapscan', 'on', true);
      end if;
      return query execute format(
        'select id from fts_core_search where site_id = $1 and %I @@ $2 and plugin = any(string_to_array($3, '',''))'
        || ' and (shown_from is null or shown_from <= $4) and (shown_until is null or shown_until > $4)'
        || ' order by id desc limit $5', words
      ) using site, query, plugins, at, most;
    end $$""",
    """
    create trigger core_search_entry_kept after insert or delete or update of
      site_id, id, plugin, source, title_terms, title_words, text_terms, text_words, shown_from, shown_until
    on core_search_entry for each row execute function fts_core_search_keep()""",
)
POSTGRESQL_BACK = (
    "drop function fts_core_search_match(text, boolean, text, timestamptz, integer)",
    "drop function fts_core_search_keep()",
    "drop function fts_core_search_anywhere(text)",
    "drop function fts_core_search_in_order(text)",
    "drop table fts_core_search",
)
