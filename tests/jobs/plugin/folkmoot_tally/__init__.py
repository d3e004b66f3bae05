"""A plugin of the tests: its jobs count, fail and hang, and what they did stands in the audit log."""
