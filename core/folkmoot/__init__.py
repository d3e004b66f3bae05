"""Folkmoot: a reusable platform for public bodies."""
