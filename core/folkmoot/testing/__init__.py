"""Fixtures and assertions for plugin authors (pytest plugin)."""
