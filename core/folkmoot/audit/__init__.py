"""The audit log: who did what, append-only, each entry sealed with the hash of the one before."""
