"""The tasks that a job has started on the event loop, and may have left behind."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from typing import Any, Final

logger = logging.getLogger(__name__)

_PATIENCE: Final = 5.0  # seconds that a cancelled task may take to end

_started: ContextVar[set[asyncio.Task[Any]] | None] = ContextVar("started", default=None)


def new_task(
    loop: asyncio.AbstractEventLoop,
    coroutine: Any,
    **options: Any,
) -> asyncio.Task[Any]:
    """Makes a task, for ``set_task_factory``; remembers it for the job that started it."""
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, **options)
    started = _started.get()
    if started is not None:
        started.add(task)
        task.add_done_callback(started.discard)
    return task


def remember() -> None:
    """From now on remembers the tasks that are started in this context, and in copies of it."""
    _started.set(set())


async def cancel_left(name: str) -> None:
    """Cancels those that have not ended, and waits for their ends, but not for ever."""
    left = [task for task in _started.get() or () if not task.done()]
    if not left:
        return
    logger.warning(
        "%s: it has left %d tasks running, which are cancelled. Await them, or start them in an "
        "asyncio.TaskGroup.",
        name,
        len(left),
    )
    for task in left:
        task.cancel()
    await asyncio.wait(left, timeout=_PATIENCE)
