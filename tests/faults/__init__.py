"""Things that fail on purpose: a proxy between us and a server, and small servers that misbehave when told to.

A conftest that needs them puts the folder ``tests`` on the path, then imports ``faults.proxy``::

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
"""
