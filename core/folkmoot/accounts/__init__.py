"""People: accounts, memberships, sessions, one-time links, API tokens."""
