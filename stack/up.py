"""`parley up`: start the system, run it until a signal, stop it."""

import asyncio
import signal
import traceback

from stack.children import ChildFailed
from stack.data import DataBusy, DataFolder
from stack.report import Report
from stack.system import NoPlace, System, Wishes


def up(wishes: Wishes, report: Report) -> int:
    """Run the system until SIGINT or SIGTERM; the exit code is 0 where all went well."""
    try:
        with DataFolder(wishes.data) as folder:
            return asyncio.run(_live(wishes, folder, report))
    except DataBusy as busy:
        report.failed(str(busy))
        return 1


async def _live(wishes: Wishes, folder: DataFolder, report: Report) -> int:
    system = System(wishes, folder, report)
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, signals.put_nowait, number)
    starting = asyncio.create_task(system.start(), name="start")
    told_to_stop = asyncio.create_task(signals.get(), name="signals")
    await asyncio.wait({starting, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
    failure = await _outcome(starting, told_to_stop)
    if failure:
        report.failed(failure)
    else:
        await told_to_stop
    stopping = asyncio.create_task(system.stop(), name="stop")
    # A second signal means: now.
    insisting = asyncio.create_task(signals.get(), name="insist")
    await asyncio.wait({stopping, insisting}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.done():
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        await system.kill()
        return 1
    await stopping
    for task in (told_to_stop, insisting):
        task.cancel()
    return 1 if failure else 0


async def _outcome(starting: asyncio.Task[None], told_to_stop: asyncio.Task[signal.Signals]) -> str:
    """Why the system did not start, or nothing. A start that is interrupted ends here."""
    if told_to_stop.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return ""
    failure = starting.exception()
    if failure is None:
        return ""
    if isinstance(failure, BaseExceptionGroup):
        expected, other = failure.split((ChildFailed, NoPlace))
        if expected is not None and other is None:
            return "; ".join(str(error) for error in expected.exceptions)
    elif isinstance(failure, NoPlace):
        return str(failure)
    return "".join(traceback.format_exception(failure))
