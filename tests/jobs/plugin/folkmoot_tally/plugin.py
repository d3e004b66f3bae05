"""What the plugin declares."""

from collections.abc import Sequence

from folkmoot.api import Manifest, hookimpl
from folkmoot.api.jobs import Job, Listener
from folkmoot_tally import work

MANIFEST = Manifest(name="tally", title="Tally", summary="Counts what workers do.", mounts=("tallies",))


@hookimpl
def register_jobs() -> Sequence[Job]:
    """Return jobs that behave well, and jobs that do not."""
    return (
        Job(name="tally.count", title="Count once", run=work.count),
        Job(name="tally.carelessly", title="Count at every try", run=work.count_carelessly),
        Job(name="tally.fail", title="Fail each time", run=work.fail, tries=3),
        Job(name="tally.refuse", title="Break a rule", run=work.refuse),
        Job(name="tally.report", title="Say how far it is", run=work.report),
        Job(name="tally.hard", title="Take a processor", run=work.count, heavy=True),
        Job(name="tally.nightly", title="Count every night", run=work.count, schedule="30 1 * * *"),
    )


@hookimpl
def register_listeners() -> Sequence[Listener]:
    """Return two that hear of the same event."""
    return (
        Listener(event="tally.happened", name="tally.hear_one", title="Hear of it", run=work.count),
        Listener(event="tally.happened", name="tally.hear_two", title="Hear of it too", run=work.count),
    )
