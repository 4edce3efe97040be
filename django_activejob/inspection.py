"""Jobs as a set to look through and to repair, for a shell and for scripts.

What Mission Control's console helpers are for Rails, in the manner of Django's querysets:

    from django_activejob.inspection import jobs

    jobs().filter(status="failed", job_class=ReportJob).retry()
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from django_activejob import handler
from django_activejob.contracts import Inspector, JobQuery, JobRecord, Repaired
from django_activejob.errors import UnsupportedAction
from django_activejob.job.base import ActiveJob
from django_activejob.job.registry import name_of

_PAGE: Final = 100
_AT_ONCE: Final = 500
_TO_THE_END: Final = 10**12  # more than any store holds
_NAMES: Final = frozenset(field.name for field in fields(JobQuery))

# The filter of an inspector that each field of a query needs; others are always there.
_FILTERS: Final[Mapping[str, str]] = {
    "queue": "queue",
    "job_class": "job_class",
    "search": "search",
    "priority": "priority",
    "process_id": "process",
    "recurring_key": "recurring",
    "batch_id": "batch",
    "error_class": "error_class",
    "limit_key": "limit_key",
    "since": "time",
    "until": "time",
}


class JobSet:
    """The jobs of one adapter that a query names; lazy: each use asks the store anew.

    Every use may raise AdapterUnavailable.
    """

    def __init__(self, inspector: Inspector, query: JobQuery, *, is_chosen: bool = False) -> None:
        self._inspector = inspector
        self._query = query
        self._is_chosen = is_chosen

    def filter(self, **conditions: Any) -> JobSet:
        """Those for which all conditions hold, besides those of this set.

        Args:
            conditions: fields of ``JobQuery``; ``job_class`` may be a class, ``ids`` any
                iterable of the adapter's own ids.

        Raises:
            TypeError: there is no such field.
            UnsupportedAction: the adapter has no such status, or cannot look for this.
        """
        unknown = sorted(conditions.keys() - _NAMES)
        if unknown:
            raise TypeError(f"{', '.join(unknown)}: not one of {', '.join(sorted(_NAMES))}.")
        query = replace(self._query, **{name: _plain(value) for name, value in conditions.items()})
        self._check(query)
        return JobSet(self._inspector, query, is_chosen=self._is_chosen or query != JobQuery())

    def all(self) -> JobSet:
        """The same jobs; says that all of them are meant when nothing was filtered."""
        return JobSet(self._inspector, self._query, is_chosen=True)

    def __iter__(self) -> Iterator[JobRecord]:
        """The jobs, page by page, those that changed last first."""
        cursor: str | None = None
        while True:
            page = self._inspector.jobs(self._query, cursor=cursor, limit=_PAGE)
            yield from page.jobs
            cursor = page.next_cursor
            if cursor is None:
                return

    def first(self) -> JobRecord | None:
        """The job that changed last; None when there is none."""
        return next(iter(self), None)

    def count(self) -> int:
        """How many there are; counts to the end, which takes its time with millions."""
        return self._inspector.count(self._query, cap=_TO_THE_END).number

    def retry(self) -> Repaired:
        """Makes the failed ones ready again; both of their counters start anew."""
        return self._repair("retry")

    def discard(self) -> Repaired:
        """Removes those that do not run."""
        return self._repair("discard")

    def set_aside(self) -> Repaired:
        """Makes those that wait failed, for someone to retry."""
        return self._repair("set_aside")

    def dispatch(self) -> Repaired:
        """Makes scheduled and blocked ones ready now; the limits of these count for nothing."""
        return self._repair("dispatch")

    def cancel(self) -> Repaired:
        """Asks those that run to end, at their next checkpoints."""
        return self._repair("cancel")

    def __repr__(self) -> str:
        said = [
            f"{field.name}={value!r}"
            for field in fields(JobQuery)
            if (value := getattr(self._query, field.name)) != field.default
        ]
        return f"<JobSet {', '.join(said) or 'all'}>"

    def _check(self, query: JobQuery) -> None:
        if query.status is not None and query.status not in self._inspector.statuses:
            known = ", ".join(sorted(self._inspector.statuses))
            raise UnsupportedAction(
                f"This adapter keeps no jobs as {query.status!r}, only as {known}."
            )
        for name, needed in _FILTERS.items():
            if getattr(query, name) is not None and needed not in self._inspector.filters:
                known = ", ".join(sorted(self._inspector.filters))
                raise UnsupportedAction(
                    f"This adapter cannot look for jobs by {name}; it knows the filters {known}."
                )

    def _repair(self, action: str) -> Repaired:
        """Repairs the jobs, some at a time, until none is left or none can be changed.

        Raises:
            UnsupportedAction: the adapter does not offer this.
            ValueError: no jobs were chosen.
        """
        if not self._is_chosen:
            raise ValueError(f"Which jobs? Say jobs().filter(…).{action}(), or .all().{action}().")
        done = skipped = 0
        more = True
        while more:
            part: Repaired = getattr(self._inspector, action)(self._query, limit=_AT_ONCE)
            done, skipped = done + part.done, skipped + part.skipped
            more = part.more and part.done > 0
        return Repaired(done=done, skipped=skipped)


def jobs(adapter: str | None = None) -> JobSet:
    """All jobs that an adapter keeps.

    Args:
        adapter: its alias; None means QUEUE_ADAPTER.

    Raises:
        ConfigurationError: there is no such adapter.
        UnsupportedAction: it keeps no jobs that could be looked at.
    """
    return JobSet(inspector_of(adapter), JobQuery())


def inspector_of(adapter: str | None) -> Inspector:
    """The inspector of an adapter; raises as ``jobs`` does."""
    inspector = handler.adapter(adapter).inspector()
    if inspector is None:
        name = repr(adapter) if adapter else "of QUEUE_ADAPTER"
        raise UnsupportedAction(f"The adapter {name} keeps no jobs that could be looked at.")
    return inspector


def _plain(value: Any) -> Any:
    if isinstance(value, type) and issubclass(value, ActiveJob):
        return name_of(value)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return tuple(str(id) for id in value)
