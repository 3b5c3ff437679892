import asyncio

from runtime.process import Process
from runtime.settings import ProcessSettings


async def test_a_task_that_loses_its_first_cancellation_is_ended_all_the_same(
    nats_url: str,
) -> None:
    cancelled = 0

    async def stubborn() -> None:
        nonlocal cancelled
        while cancelled < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled += 1

    async with Process("chat", ProcessSettings(NATS_URL=nats_url), serves=False) as process:
        task = process.spawn(stubborn(), name="stubborn")
        await asyncio.sleep(0)
    assert task.done()
    assert cancelled == 2
