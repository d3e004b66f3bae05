"""How long a job that failed waits before it is tried again."""

import hashlib
from datetime import timedelta
from uuid import UUID

FIRST, FACTOR, LONGEST = timedelta(seconds=30), 3, timedelta(hours=6)
JITTER = 0.2


def backoff(job_id: UUID, attempts: int) -> timedelta:
    """Return the pause after so many attempts: longer each time, a little different for each job.

    What failed together (a mail server was away) must not come back all at once. The difference comes from the job's
    id, so that the same job always waits as long.
    """
    factor: int = FACTOR ** (min(attempts, 20) - 1)
    plain = min(FIRST * factor, LONGEST)
    seed = hashlib.sha256(job_id.bytes + attempts.to_bytes(4)).digest()
    return plain * (1 + JITTER * (int.from_bytes(seed[:4]) / 2**31 - 1))
