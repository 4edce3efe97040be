"""Who did what, in the admin's own log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_activejob.contracts import Repaired
from django_activejob.dashboard.orders import Order
from django_activejob.dashboard.text import shortened, visible
from django_activejob.dashboard.visit import Visit

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST_NAME = 200  # the size of the log's column


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What something was done to; ``id`` is None where the log has nothing to link to."""

    id: str | None
    name: str


def subject_of(visit: Visit, order: Order) -> Subject:
    """The one job of an order, or its many; read before they change."""
    if len(order.query.ids) != 1:
        return Subject(id=None, name=_("Several jobs"))
    id = order.query.ids[0]
    record = visit.inspector.find(id)
    name = f"{record.job_class} {record.job_id}" if record else id
    return Subject(id=_linkable(visit, id), name=name)


def note(visit: Visit, subject: Subject, order: Order, repaired: Repaired) -> None:
    """Writes down an action on jobs, with its numbers."""
    label = order.action.label
    counted = ngettext("%(n)d job", "%(n)d jobs", repaired.done) % {"n": repaired.done}
    message = f"{label}: {counted}. {_scope(order)}"
    _write(visit, subject, message, flag=DELETION if order.action.removes else CHANGE)


def note_change(visit: Visit, id: str, message: str, *, name: str = "") -> None:
    """Writes down a change of something that is no job; its name, if it has one, besides its id."""
    _write(visit, Subject(id=_linkable(visit, id), name=name or id), message, flag=CHANGE)


def _scope(order: Order) -> str:
    if order.is_whole:
        return _("All with: %(filter)s") % {
            "filter": ", ".join(f"{name}={value}" for name, value in order.parameters.items())
        }
    return _("Ids: %(ids)s") % {"ids": ", ".join(order.query.ids)}


def _linkable(visit: Visit, id: str) -> str | None:
    """The id, unless it belongs to another adapter than the one that bare links lead to."""
    return visible(id) if visit.alias == visit.aliases[0] else None


def _write(visit: Visit, subject: Subject, message: str, *, flag: int) -> None:
    name = subject.name if visit.alias == visit.aliases[0] else f"{visit.alias}: {subject.name}"
    LogEntry.objects.create(
        user=cast("User", visit.request.user),  # the admin site let no stranger in
        content_type=get_content_type_for_model(visit.frame.opts.model),
        object_id=subject.id,
        object_repr=shortened(name, LONGEST_NAME),
        action_flag=flag,
        change_message=visible(message),
    )
