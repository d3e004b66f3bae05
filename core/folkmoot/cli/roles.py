"""The roles that PostgreSQL needs, as SQL for its administrator to read and to run."""

from urllib.parse import unquote, urlsplit

from folkmoot.kernel.settings import DatabaseUrls


def role_statements(urls: DatabaseUrls) -> list[str]:
    """Return SQL that makes the database's three roles and the database, to be run by ``psql`` as an administrator.

    Running it again changes nothing but passwords. The roles see no table until ``folkmoot db upgrade`` has run.
    """
    statements = []
    for url in (urls.owner, urls.app, urls.system):
        parts = urlsplit(url)
        role, password = unquote(parts.username or ""), unquote(parts.password or "")
        text, name = _literal(role), _name(role)
        statements.append(_unless(f"select from pg_roles where rolname = {text}", f"create role {name}"))
        secret = f" password {_literal(password)}" if password else ""
        statements.append(f"alter role {name} login nosuperuser nocreatedb nocreaterole nobypassrls{secret};")
    database = unquote(urlsplit(urls.owner).path.removeprefix("/"))
    owner = _name(unquote(urlsplit(urls.owner).username or ""))
    create = f"create database {_name(database)} owner {owner} encoding 'UTF8' template template0"
    statements.append(_unless(f"select from pg_database where datname = {_literal(database)}", create))
    return statements


def _unless(there: str, statement: str) -> str:
    # What psql does with the row that comes back, if one does: run it.
    return f"select {_literal(statement)} where not exists ({there}) \\gexec"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
