"""Orders to processes: to take no more jobs, or to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from django_activejob.contracts import Command, ProcessRecord
from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.asking import Question, ask, is_confirmed
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.visit import Visit
from django_activejob.dashboard.vitals import vitals_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; ``question``, if it is asked back, and ``outcome`` take a number as ``n``."""

    command: Command
    label: Any
    outcome: Any
    question: Any = None
    consequence: Any = ""


ORDERS: Final = {
    "quiet": Order(
        command=Command(action="quiet"),
        label=gettext_lazy("Quiet"),
        outcome=ngettext_lazy(
            "%(n)d process takes no more jobs from its next beat on.",
            "%(n)d processes take no more jobs from their next beat on.",
            "n",
        ),
    ),
    "stop": Order(
        command=Command(action="stop"),
        label=gettext_lazy("Stop"),
        outcome=ngettext_lazy(
            "%(n)d process is told to stop with its next beat.",
            "%(n)d processes are told to stop with their next beat.",
            "n",
        ),
        question=ngettext_lazy("Stop %(n)d process?", "Stop %(n)d processes?", "n"),
        consequence=gettext_lazy(
            "It claims no more jobs, ends those that run within the shutdown time-out and gives "
            "the rest back to their queues. It is not replaced until runjobs is started anew."
        ),
    ),
}


def act(visit: Visit) -> HttpResponse:
    """Leaves an order for the processes that the form names.

    Raises:
        PermissionDenied: this person may not do that.
        BadRequest: the form asks for nothing that there is.
    """
    visit.demand(permissions.CONTROL_PROCESSES)
    order = ORDERS.get(visit.request.POST.get("action", ""))
    if order is None:
        raise BadRequest("The form asks neither to quiet nor to stop.")
    wanted = set(visit.request.POST.getlist("process"))
    processes = [record for record in visit.inspector.processes() if record.id in wanted]
    if processes and order.question and not is_confirmed(visit):
        return _ask(visit, order, processes)
    _do(visit, order, processes)
    return HttpResponseRedirect(visit.uri("process_changelist"))


def _ask(visit: Visit, order: Order, processes: Sequence[ProcessRecord]) -> HttpResponse:
    question = Question(
        title=order.question % {"n": len(processes)},
        text=str(order.consequence),
        label=str(order.label),
        fields=[
            ("action", order.command.action),
            *(("process", record.id) for record in processes),
        ],
        back_uri=visit.uri("process_changelist"),
        things=[_name(record) for record in processes],
    )
    return ask(visit, question)


def _do(visit: Visit, order: Order, processes: Sequence[ProcessRecord]) -> None:
    if order.command.action not in visit.inspector.actions:
        messages.error(visit.request, _("This adapter does not offer that."))
        return
    reached = [one for one in processes if visit.inspector.command(one.id, order.command)]
    for record in reached:
        audit.note_change(visit, record.id, str(order.label), name=_name(record))
    if reached:
        messages.success(visit.request, order.outcome % {"n": len(reached)})
    else:
        messages.warning(visit.request, _("These processes have ended, so nothing was done."))
    if gone := len(processes) - len(reached):
        text = ngettext("%(n)d process has ended.", "%(n)d processes have ended.", gone)
        messages.warning(visit.request, text % {"n": gone})


def _name(record: ProcessRecord) -> str:
    return _("%(name)s (pid %(pid)d on %(host)s)") % {
        "name": visible(vitals_of(record).name),
        "pid": record.pid,
        "host": visible(record.hostname),
    }
