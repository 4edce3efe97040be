"""What load balancers, Prometheus and scripts ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from django_activejob import conf
from django_activejob.dashboard import health, permissions, prometheus
from django_activejob.dashboard.snapshot import Snapshot, snapshots
from django_activejob.dashboard.vitals import vitals_of

_View = Callable[[HttpRequest], HttpResponse]


@never_cache
@require_safe
def show_health(request: HttpRequest) -> HttpResponse:
    """200 when every store answers, else 503; for the load balancer of the web processes."""
    return _verdict(health.stores_answer())


@never_cache
@require_safe
def show_workers(request: HttpRequest) -> HttpResponse:
    """200 when every adapter has a worker that takes jobs, else 503."""
    return _verdict(health.workers_live())


def _guarded(view: _View) -> _View:
    """Lets on who has the token of the settings, and staff who may see jobs."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if _has_token(request) or _is_staff(request):
            return view(request)
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})

    return guarded


@never_cache
@require_safe
@_guarded
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Metrics in the text format of Prometheus; 501 where its package is not installed."""
    try:
        text = prometheus.exposition(snapshots())
    except ImproperlyConfigured as error:
        return HttpResponse(f"{error}\n", status=501, content_type="text/plain; charset=utf-8")
    return HttpResponse(text, content_type=prometheus.CONTENT_TYPE)


@never_cache
@require_safe
@_guarded
def show_stats(request: HttpRequest) -> HttpResponse:
    """The numbers of all adapters as JSON."""
    return JsonResponse({"adapters": {one.alias: _numbers(one) for one in snapshots()}})


def _verdict(is_well: bool) -> HttpResponse:
    status = {"status": "ok" if is_well else "failing"}
    return JsonResponse(status, status=200 if is_well else 503)


def _has_token(request: HttpRequest) -> bool:
    wanted = conf.settings().monitoring_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not wanted or scheme.lower() != "bearer":
        return False
    return constant_time_compare(given.strip(), wanted)


def _is_staff(request: HttpRequest) -> bool:
    user: Any = getattr(request, "user", None)
    if user is None or not (user.is_active and user.is_staff):
        return False
    return permissions.may(request, permissions.VIEW_JOBS)


def _numbers(one: Snapshot) -> dict[str, Any]:
    vitals = [vitals_of(record) for record in one.processes]
    return {
        "up": one.is_up,
        "jobs": {
            status: {"count": count.number, "capped": count.capped}
            for status, count in one.counts.items()
        },
        "queues": {
            queue.name: {"ready": queue.size, "latency": queue.latency, "paused": queue.paused}
            for queue in one.queues
        },
        "processes": len(vitals),
        "silent": sum(each.condition == "silent" for each in vitals),
        "threads": sum(each.threads for each in vitals),
        "busy": sum(each.busy for each in vitals),
    }
