"""The first page: how things are, and how they have been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from django_activejob.contracts import JobQuery, Status, Tally
from django_activejob.dashboard import backend
from django_activejob.dashboard.charts import Chart, histogram, stacked
from django_activejob.dashboard.failures import failures
from django_activejob.dashboard.glances import glances
from django_activejob.dashboard.percentiles import average, percentile
from django_activejob.dashboard.series import GROUPS, executions
from django_activejob.dashboard.statuses import WORDS
from django_activejob.dashboard.text import count, number, visible
from django_activejob.dashboard.times import duration
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.warnings import warnings_of
from django_activejob.dashboard.windows import WINDOWS, Window, chosen

COUNT_CAP: Final = 10_000
MOST_CLASSES: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """How many jobs have a status."""

    status: Status
    label: str
    count: str
    is_bad: bool
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several ways to look at the page."""

    label: str
    uri: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """What the executions of one class came to; times are texts, empty where there were none."""

    name: str
    uri: str
    executions: str
    failed: str
    retried: str
    run: Sequence[str]  # average, least, 50, 95 and 99 %, most
    wait: Sequence[str]  # 50, 95 and 99 %
    histogram: SafeString


def show(visit: Visit) -> HttpResponse:
    """Counts, charts and tables; what an adapter does not keep is left out."""
    window, group = chosen(visit), _group(visit)
    queues = visit.inspector.queues()
    context = {
        "title": _("Overview"),
        "warnings": list(warnings_of(visit.inspector.processes(), queues)),
        "tiles": list(_tiles(visit)),
        "queues": glances(visit, queues, window),
        "backend": backend.facts(visit.inspector),
        "has_tallies": "tallies" in visit.inspector.sections,
        "window_label": str(window.label),
        **_tallied(visit, window, group),
        **_failed(visit),
    }
    return visit.render("overview", context)


def _tallied(visit: Visit, window: Window, group: str) -> dict[str, Any]:
    if "tallies" not in visit.inspector.sections:
        return {}
    chart: Chart = stacked(executions(visit, window, group), window)
    return {
        "chart": chart,
        "windows": list(_choices(visit, "window", WINDOWS, window.name)),
        "groups": list(_choices(visit, "by", GROUPS, group)),
        "classes": _classes(visit, window),
    }


def _failed(visit: Visit) -> dict[str, Any]:
    if "failures" not in visit.inspector.sections:
        return {}
    return {"failures": failures(visit)}


def _group(visit: Visit) -> str:
    asked = visit.request.GET.get("by", "")
    return asked if asked in GROUPS else "outcome"


def _tiles(visit: Visit) -> Iterator[Tile]:
    for status, words in WORDS.items():
        if status in visit.inspector.statuses:
            counted = visit.inspector.count(JobQuery(status=status), cap=COUNT_CAP)
            yield Tile(
                status=status,
                label=str(words.label),
                count=count(counted),
                is_bad=status == "failed" and counted.number > 0,
                uri=visit.uri("job_changelist", parameters={"status": status}),
            )


def _choices(visit: Visit, name: str, offered: Any, current: str) -> Iterator[Choice]:
    kept = {
        key: value
        for key in ("window", "by")
        if key != name and (value := visit.request.GET.get(key, ""))
    }
    for key, value in offered.items():
        yield Choice(
            label=str(getattr(value, "label", value)),
            uri=visit.uri("tally_changelist", parameters={**kept, name: key}),
            is_current=key == current,
        )


def _classes(visit: Visit, window: Window) -> Sequence[ClassRow]:
    tallies = visit.inspector.tallies(since=window.began, by="job_class")
    ranked = sorted(tallies, key=lambda tally: (-tally.executions, tally.job_class))
    return [_class_row(visit, tally) for tally in ranked[:MOST_CLASSES]]


def _class_row(visit: Visit, tally: Tally) -> ClassRow:
    run, wait = tally.run, tally.wait
    shares = (0.5, 0.95, 0.99)
    least, most = (run.least, run.most) if run.number else (None, None)
    run_percentiles = [duration(percentile(run, share)) for share in shares]
    return ClassRow(
        name=visible(tally.job_class),
        uri=visit.uri("job_changelist", parameters={"job_class": tally.job_class}),
        executions=number(tally.executions),
        failed=number(tally.failed),
        retried=number(tally.retried),
        run=[duration(average(run)), duration(least), *run_percentiles, duration(most)],
        wait=[duration(percentile(wait, share)) for share in shares],
        histogram=histogram(run),
    )
