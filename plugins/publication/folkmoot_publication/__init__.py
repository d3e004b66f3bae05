"""Publish numbered documents and track their recommendations."""
