"""Where the threads and the coroutines of a process are, for people who wonder."""

from __future__ import annotations

import asyncio
import faulthandler
import io
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any, Final

logger = logging.getLogger(__name__)

_MOST: Final = 100  # coroutines; thousands may wait, most of them in the same place


def tell(name: str, *, jobs: Mapping[int, str], tasks: set[asyncio.Task[Any]]) -> None:
    """Logs the stacks of all threads, with the jobs that they perform, and of coroutine jobs.

    Args:
        name: of the process.
        jobs: what each thread performs, by its ident.
    """
    parts = [*_of_threads(jobs), *_of_tasks(tasks)]
    logger.warning("%s (pid %d) is at:\n%s", name, os.getpid(), "\n".join(parts))


def tell_of_crashes() -> None:
    """Has the interpreter write stacks to stderr when it crashes, as at a segmentation fault."""
    try:
        faulthandler.enable()
    except (AttributeError, ValueError, io.UnsupportedOperation):
        return  # stderr is no file


def _of_threads(jobs: Mapping[int, str]) -> Iterator[str]:
    frames = sys._current_frames()
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or 0)
        if frame is not None:
            job = jobs.get(thread.ident or 0)
            performs = f" performs {job}" if job is not None else ""
            yield f"Thread {thread.name}{performs}:\n{_stack(frame)}"


def _of_tasks(tasks: set[asyncio.Task[Any]]) -> Iterator[str]:
    named = sorted(tasks, key=lambda task: task.get_name())
    for task in named[:_MOST]:
        frames = [(frame, frame.f_lineno) for frame in _frames_of(task.get_coro())]
        stack = "".join(traceback.StackSummary.extract(iter(frames)).format())
        yield f"Coroutine {task.get_name()}:\n{stack}"
    if len(named) > _MOST:
        yield f"… and {len(named) - _MOST} coroutines more."


def _frames_of(coroutine: Any) -> Iterator[FrameType]:
    # A task tells its outermost frame only; what it waits for is further in.
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None:
            yield frame
        coroutine = getattr(coroutine, "cr_await", None)


def _stack(frame: FrameType) -> str:
    return "".join(traceback.format_stack(frame))
