"""Lines about the steps of long jobs."""

from __future__ import annotations

import logging
from typing import Any

from django_activejob.contracts import QueueAdapter
from django_activejob.job.base import ActiveJob
from django_activejob.job.registry import name_of
from django_activejob.log_subscriber.lines import (
    about,
    about_error,
    about_step,
    cursor_of,
    duration,
    error_of,
    job_of,
    milliseconds,
    write,
)


def interrupted(
    *, job: ActiveJob, adapter: QueueAdapter, description: str, reason: str, **_: Any
) -> None:
    """Receives ``signals.interrupted``."""
    line = f"Interrupted {job_of(job)} {description} ({reason})"
    write(line, "interrupt", about(job, adapter), description=description, reason=reason)


def resumed(*, job: ActiveJob, adapter: QueueAdapter, description: str, **_: Any) -> None:
    """Receives ``signals.resumed``."""
    line = f"Resuming {job_of(job)} {description}"
    write(line, "resume", about(job, adapter), description=description)


def step_skipped(*, job: ActiveJob, adapter: QueueAdapter, step: str, **_: Any) -> None:
    """Receives ``signals.step_skipped``."""
    line = f"Step '{step}' skipped {name_of(type(job))}"
    write(line, "step_skipped", about(job, adapter), step=step)


def step_started(*, job: ActiveJob, adapter: QueueAdapter, step: Any, **_: Any) -> None:
    """Receives ``signals.step_started``."""
    how = f"resumed from cursor '{cursor_of(step)}'" if step.resumed else "started"
    line = f"Step '{step.name}' {how} for {job_of(job)}"
    facts = about(job, adapter) | about_step(step)
    write(line, "step_started", facts, resumed=step.resumed)


def step_performed(
    *,
    job: ActiveJob,
    adapter: QueueAdapter,
    step: Any,
    seconds: float,
    interrupted: bool,
    error: BaseException | None,
    **_: Any,
) -> None:
    """Receives ``signals.step_performed``."""
    end = f"for {job_of(job)} in {milliseconds(seconds)}"
    if error is not None:
        place = f"'{step.name}' at cursor '{cursor_of(step)}'"
        line = f"Error during step {place} {end}: {error_of(error)}"
    elif interrupted:
        line = f"Step '{step.name}' interrupted at cursor '{cursor_of(step)}' {end}"
    else:
        line = f"Step '{step.name}' completed {end}"
    facts = about(job, adapter) | about_step(step) | duration(seconds) | about_error(error)
    level = logging.INFO if error is None else logging.ERROR
    write(line, "step", facts, level=level, interrupted=interrupted)
