"""``folkmoot worker``: a process that does jobs and serves no pages."""

import asyncio
import signal
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from folkmoot.spec.errors import Fault, Unprocessable

if TYPE_CHECKING:
    from folkmoot.web.platform import Platform


@click.command(epilog="Example: folkmoot worker --queues light,heavy")
@click.option(
    "--queues", default="light,heavy", show_default=True, help="Which jobs: light ones, heavy ones, or both, by commas."
)
@click.option("--drain", is_flag=True, help="End when nothing is due.")
@click.option("--hands", default=4, show_default=True, type=click.IntRange(1, 50), help="How many jobs at once.")
@click.option(
    "--lease",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0.5, 3600),
    help="For how many seconds a job is kept when this process is gone, before another takes it.",
)
def worker(queues: str, drain: bool, hands: int, lease: float) -> None:
    """Do jobs until told to stop: what was asked for, what events cause, what is scheduled."""
    from folkmoot.web.desk import on_platform
    from folkmoot.web.worker import QUEUES

    chosen = [name.strip() for name in queues.split(",") if name.strip()]
    unknown = [name for name in chosen if name not in QUEUES]
    if unknown or not chosen:
        raise Unprocessable([Fault("queues", f"--queues takes {' and '.join(QUEUES)}, separated by a comma.")])

    async def work(platform: "Platform") -> int:
        return await _work(platform, chosen, drain=drain, hands=hands, lease=timedelta(seconds=lease))

    begun = on_platform(work)
    if drain:
        click.echo(f"Jobs begun: {begun}.", err=True)


async def _work(platform: "Platform", queues: list[str], *, drain: bool, hands: int, lease: timedelta) -> int:
    from folkmoot.web.worker import LIGHT, Worker

    doing = Worker(platform, queues=queues, lease=lease, hands=hands)
    stopping: set[asyncio.Future[None]] = set()
    for number in (signal.SIGTERM, signal.SIGINT):
        # Kept, because the loop itself would let go of it.
        asyncio.get_running_loop().add_signal_handler(number, lambda: stopping.add(asyncio.ensure_future(doing.stop())))
    if not drain:
        await doing.run()
        await asyncio.gather(*stopping)
        return 0
    if LIGHT in queues:
        await doing.schedules.look()
    begun = sum(await asyncio.gather(*(doing.drain() for _ in range(hands))))
    await asyncio.gather(*stopping)
    return begun
