"""Work outside of requests, for plugins: ask for it, say what happened, and do it.

A job runs at least once: doing it again must change nothing. What it writes through ``work.writing()`` is written only
while the job is still its own.
"""

from folkmoot.spec.descriptors import Job, Listener
from folkmoot.store.jobs.claims import LeaseLost
from folkmoot.store.jobs.queue import emit, enqueue, event_row
from folkmoot.web.work import Work

__all__ = ["Job", "LeaseLost", "Listener", "Work", "emit", "enqueue", "event_row"]
