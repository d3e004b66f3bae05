"""Tenancy: sites, their hosts, the plugins that are on, and the versions that the page cache goes by."""
