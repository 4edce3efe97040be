"""What tests need: assertions about jobs, and suites for authors of adapters.

Loaded when first used: the pytest plugin lives here, and runs in projects without jobs too.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django_activejob.testing.assertions import JobAssertions as JobAssertions
    from django_activejob.testing.cases import JobTestCase as JobTestCase
    from django_activejob.testing.cases import JobTestMixin as JobTestMixin
    from django_activejob.testing.interrupting import (
        interrupt_job_after_step as interrupt_job_after_step,
    )
    from django_activejob.testing.interrupting import (
        interrupt_job_during_step as interrupt_job_during_step,
    )
    from django_activejob.testing.mail import MailAssertions as MailAssertions
    from django_activejob.testing.mail import MailTestCase as MailTestCase
    from django_activejob.testing.mail import MailTestMixin as MailTestMixin
    from django_activejob.testing.recorded import RecordedJob as RecordedJob

_HOMES: Final = {
    "JobAssertions": "assertions",
    "JobTestCase": "cases",
    "JobTestMixin": "cases",
    "MailAssertions": "mail",
    "MailTestCase": "mail",
    "MailTestMixin": "mail",
    "RecordedJob": "recorded",
    "interrupt_job_after_step": "interrupting",
    "interrupt_job_during_step": "interrupting",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - the keys are strings


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
