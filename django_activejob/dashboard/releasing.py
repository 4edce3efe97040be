"""Taking permits of a limit away from jobs that hang."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_activejob.dashboard import audit, permissions
from django_activejob.dashboard.asking import Question, ask, is_confirmed
from django_activejob.dashboard.ids import is_possible as is_possible_id
from django_activejob.dashboard.semaphores import demand_offered, is_possible
from django_activejob.dashboard.text import visible
from django_activejob.dashboard.visit import Visit


def act(visit: Visit) -> HttpResponse:
    """Releases the permit of one running job, or of all with a key, after asking back.

    Raises:
        PermissionDenied: this person may not do that.
        BadRequest: the form names no key, or no holder that there can be.
        Http404: the adapter shows no limits.
    """
    visit.demand(permissions.RELEASE_SEMAPHORES)
    demand_offered(visit)
    key = visit.request.POST.get("key", "")
    holder = visit.request.POST.get("holder")
    if not is_possible(key) or not (holder is None or is_possible_id(holder)):
        raise BadRequest("The form names no key, or no job.")
    if not is_confirmed(visit):
        return _ask(visit, key, holder)
    _release(visit, key, holder)
    return HttpResponseRedirect(visit.uri("semaphore_change", key))


def _ask(visit: Visit, key: str, holder: str | None) -> HttpResponse:
    fields = [("key", key)]
    if holder is not None:
        fields.append(("holder", holder))
    question = Question(
        title=_("Release the permits of %(key)s?") % {"key": visible(key)}
        if holder is None
        else _("Release the permit of job %(id)s?") % {"id": visible(holder)},
        text=_(
            "Jobs that wait take the permits. The job that loses its own runs on, so that more "
            "jobs than the limit allows may run at once. Do this when a job hangs."
        ),
        label=_("Release"),
        fields=fields,
        back_uri=visit.uri("semaphore_change", key),
    )
    return ask(visit, question)


def _release(visit: Visit, key: str, holder: str | None) -> None:
    released = visit.inspector.release(key, holder=holder)
    if not released.done:
        text = _("No running job held a permit any more, so nothing was done.")
        messages.warning(visit.request, text)
        return
    told = ngettext("%(n)d permit is released.", "%(n)d permits are released.", released.done) % {
        "n": released.done
    }
    audit.note_change(visit, key, told)
    messages.success(visit.request, told)
