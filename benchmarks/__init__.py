"""Measures the speed goals beside what the same server could do at the most: ``python -m benchmarks``.

Every figure is a ratio inside one interleaved run, or CPU time of a request; seconds on their own say more about a
machine than about a program.
"""
