"""Loader, registry, settings, clock and ids: what turns installed distributions into one frozen registry."""
