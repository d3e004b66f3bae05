"""Backups and exports: one format for both databases, read in one snapshot, checked before anything is written."""
