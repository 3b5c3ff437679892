"""Nothing may be left running when a test ends."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.waiting import wait_until


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> None:
    """Every coroutine test ends with as many tasks as it began with; fixtures included."""
    function = getattr(request, "function", None)
    if inspect.iscoroutinefunction(function):
        request.getfixturevalue("no_task_left")


@pytest_asyncio.fixture
async def no_task_left() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    here = asyncio.current_task()

    def left() -> list[str]:
        return [repr(task) for task in asyncio.all_tasks() - before if task is not here]

    # What was cancelled needs a turn of the loop or two to be gone.
    await wait_until(lambda: not left(), 2, missing=lambda: f"an end of {left()}")
