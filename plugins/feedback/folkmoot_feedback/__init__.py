"""Hear from people on every page: what is useful, what is wrong, and what staff did about it."""
