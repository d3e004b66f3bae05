"""Rows: the engine, the scoped session, the writer, migrations."""
