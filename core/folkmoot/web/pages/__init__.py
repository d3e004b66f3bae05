"""Core's own pages: what every site has before any plugin is on."""
