"""The ``folkmoot`` command line."""
