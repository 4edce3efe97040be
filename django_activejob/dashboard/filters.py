"""Which jobs a person wants to see, or to do something with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from django_activejob.contracts import JobQuery, Status
from django_activejob.dashboard import permissions
from django_activejob.dashboard.ids import is_possible
from django_activejob.dashboard.statuses import WORDS
from django_activejob.dashboard.visit import Visit

LONGEST_NAME = 255
LONGEST_SEARCH = 500

MOMENTS: Final = (
    ("enqueued_at", _("Enqueued")),
    ("scheduled_at", _("Due")),
    ("claimed_at", _("Started")),
    ("failed_at", _("Failed")),
    ("finished_at", _("Finished")),
)

# What the fields of the form are called in a query, where that differs.
_IN_QUERIES: Final[Mapping[str, str]] = {
    "process": "process_id",
    "recurring": "recurring_key",
    "batch": "batch_id",
    "time": "moment",
}
_TIMES: Final = frozenset({"time", "since", "until"})
_ALWAYS: Final = frozenset({"status"})
FIRST: Final = ("job_class", "queue", "search")
"""The fields that are always in sight; the others open on demand."""


def _name_field(label: Any, *, choices: str = "") -> forms.CharField:
    """A field for a whole name, which may begin or end with spaces."""
    attributes = {"autocomplete": "off", **({"list": choices} if choices else {})}
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attributes),
    )


class MomentField(forms.DateTimeField):
    """A moment in the reader's time zone; links may carry one with an offset."""

    def __init__(self, *, label: Any) -> None:
        earliest, latest = datetime(1971, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
        super().__init__(
            label=label,
            required=False,
            validators=[MinValueValidator(earliest), MaxValueValidator(latest)],
            widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )

    @override
    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the input shows: browsers know no offsets."""
        try:
            moment = self.to_python(data)
        except ValidationError:
            return data
        return localtime(moment) if moment else data


class FilterForm(forms.Form):
    """The filter as a form; it has the fields that the adapter offers, and no others.

    Who may not see arguments may not find jobs by them either, only by their ids.
    """

    status = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    job_class = _name_field(_("Job class"), choices="aj-job-classes")
    queue = _name_field(_("Queue"), choices="aj-queues")
    search = forms.CharField(
        label=_("Job id or text in the arguments"),
        required=False,
        max_length=LONGEST_SEARCH,
    )
    error_class = _name_field(_("Class of the error"))  # type: ignore[assignment]  # a field
    priority = forms.IntegerField(
        label=_("Priority"), required=False, min_value=-(2**31), max_value=2**31 - 1
    )
    process = _name_field(_("Process id"))
    recurring = _name_field(_("Recurring task"))
    batch = _name_field(_("Batch id"))
    limit_key = _name_field(_("Key of the limit"))
    time = forms.ChoiceField(label=_("Time"), required=False, choices=MOMENTS)
    since = MomentField(label=_("From"))
    until = MomentField(label=_("Until"))

    def __init__(self, data: Mapping[str, Any], *, visit: Visit) -> None:
        super().__init__(data, auto_id="aj-%s")
        self._inspector = inspector = visit.inspector
        self._may_search = visit.may(permissions.VIEW_ARGUMENTS)
        offered = inspector.filters | (_TIMES if "time" in inspector.filters else frozenset())
        for name in self.fields.keys() - offered - _ALWAYS:
            del self.fields[name]
        if not self._may_search and "search" in self.fields:
            self.fields["search"].label = _("Job id")
        choices = [(status, status) for status in WORDS if status in inspector.statuses]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def parameters(self) -> dict[str, str]:
        """What a link has to carry to show the same jobs; empty for a filter that is wrong."""
        return {name: _written(value) for name, value in self._asked().items()}

    @property
    def asked_status(self) -> Status | None:
        """The status that is asked for."""
        status: Status | None = self.cleaned_data["status"] or None
        return status

    @cached_property
    def query(self) -> JobQuery:
        """The filter as adapters understand it."""
        asked = {_IN_QUERIES.get(name, name): value for name, value in self._asked().items()}
        if not self._may_search and "search" in asked:
            asked["ids"] = (self._id_of(asked.pop("search")),)
        return JobQuery(**asked)

    @property
    def narrows(self) -> bool:
        """Whether more is asked than a status."""
        return bool(self._asked().keys() - {"status"})

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """The fields that are always in sight."""
        return [self[name] for name in FIRST if name in self.fields]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        """The fields that open on demand."""
        return [self[name] for name in self.fields if name not in {*FIRST, *_ALWAYS}]

    @property
    def is_open(self) -> bool:
        """Whether one of the further fields is used, or wrong."""
        further = self.fields.keys() - {*FIRST, *_ALWAYS}
        return bool(further & (self._asked().keys() | self.errors.keys()))

    def _id_of(self, search: str) -> str:
        """The adapter's id of a job; one that no job has where there is no such job."""
        wanted = search.strip()
        if not is_possible(wanted):
            return ""
        found = self._inspector.find(wanted) or self._inspector.find(wanted.lower())
        return found.id if found else ""

    def _asked(self) -> dict[str, Any]:
        given = self.cleaned_data.items()
        asked = {name: value for name, value in given if value not in ("", None)}
        if not asked.keys() & {"since", "until"}:
            asked.pop("time", None)
        return asked


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
