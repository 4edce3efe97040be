"""The form of a recurring task that people make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_activejob.contracts import QueueAdapter, RecurringTask
from django_activejob.errors import (
    ActiveJobError,
    AdapterUnavailable,
    ConfigurationError,
    InvalidSchedule,
    SerializationError,
    UnknownJobClass,
)
from django_activejob.job import registry
from django_activejob.job.enqueuing import adapter_of
from django_activejob.recurring import schedule_recurring_task
from django_activejob.recurring.definition import Definition
from django_activejob.recurring.keeping import place_of
from django_activejob.recurring.schedule import LONGEST
from django_activejob.serialization import deserialize_arguments, markers

LONGEST_ARGUMENTS: Final = 20_000
LONGEST_NAME: Final = 255
LONGEST_INTERVAL: Final = 365 * 86_400  # seconds

_FIELDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (InvalidSchedule, "schedule"),
    (UnknownJobClass, "job"),
    (SerializationError, "arguments"),
    (TypeError, "arguments"),
)


class TaskForm(forms.Form):
    """A recurring task; its arguments are JSON, as in the payload of a job."""

    key = forms.CharField(label=gettext_lazy("Key"), max_length=LONGEST_NAME)
    job = forms.CharField(
        label=gettext_lazy("Job class"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"list": "aj-job-classes", "autocomplete": "off"}),
    )
    schedule = forms.CharField(
        label=gettext_lazy("Schedule"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy(
            "Cron fields, perhaps with a time zone: 0 2 * * MON-FRI Europe/Berlin. "
            "Leave it empty for an interval."
        ),
    )
    every = forms.FloatField(
        label=gettext_lazy("Interval in seconds"),
        required=False,
        min_value=1,
        max_value=LONGEST_INTERVAL,
    )
    arguments = forms.CharField(
        label=gettext_lazy("Arguments"),
        required=False,
        max_length=LONGEST_ARGUMENTS,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy('A JSON list, such as [42, "monthly"].'),
    )
    keywords = forms.CharField(
        label=gettext_lazy("Keyword arguments"),
        required=False,
        max_length=LONGEST_ARGUMENTS,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy('A JSON object, such as {"to": "boss@example.com"}.'),
    )
    queue = forms.CharField(
        label=gettext_lazy("Queue"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Empty: that of the job class."),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Priority"),
        required=False,
        min_value=-(2**31),
        max_value=2**31 - 1,
        help_text=gettext_lazy("Empty: that of the job class. A smaller number is sooner."),
    )
    misfire = forms.ChoiceField(
        label=gettext_lazy("Missed ticks"),
        choices=[
            ("skip", gettext_lazy("are skipped")),
            ("run_once", gettext_lazy("the last one is made up for")),
            ("run_all", gettext_lazy("all are made up for")),
        ],
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=1000
    )
    enabled = forms.BooleanField(label=gettext_lazy("Enabled"), required=False, initial=True)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        adapter: QueueAdapter,
        known: str | None,
        initial: dict[str, Any],
    ) -> None:
        """A form for the tasks of an adapter; ``known`` is the key of a task that is changed."""
        super().__init__(data, auto_id="aj-%s", initial=initial)
        self._adapter = adapter
        self._known = known
        if known is not None:
            self.fields["key"].disabled = True

    def clean_key(self) -> str:
        """The key, which no other task has."""
        key: str = self.cleaned_data["key"]
        store = self._adapter.recurring()
        if self._known is None and store is not None and store.find(key) is not None:
            raise ValidationError(_("There is a recurring task with this key."))
        return key

    def clean_job(self) -> str:
        """The name of a class whose jobs go to the adapter that the page shows."""
        name: str = self.cleaned_data["job"]
        try:
            job_class = registry.find(name)
        except UnknownJobClass:
            raise ValidationError(_("This web process knows no job class of this name.")) from None
        place = place_of(adapter_of(job_class))
        if place is None or place.adapter is not self._adapter:
            text = _("This queue adapter is not the one that keeps the tasks of this class.")
            raise ValidationError(text)
        return name

    def clean_arguments(self) -> list[Any]:
        """The list in the text."""
        value = _json(self.cleaned_data["arguments"], default=[])
        if not isinstance(value, list):
            raise ValidationError(_('Write a JSON list, such as [42, "monthly"].'))
        return value

    def clean_keywords(self) -> dict[str, Any]:
        """The object in the text."""
        value = _json(self.cleaned_data["keywords"], default={})
        if not isinstance(value, dict):
            raise ValidationError(_('Write a JSON object, such as {"to": "boss@example.com"}.'))
        return value

    def clean(self) -> dict[str, Any]:
        """Makes sure that there is one schedule."""
        given = [bool(self.cleaned_data.get(name)) for name in ("schedule", "every")]
        if given.count(True) != 1 and not {"schedule", "every"} & self.errors.keys():
            self.add_error("schedule", _("Write either a schedule or an interval."))
        return self.cleaned_data

    def save(self) -> RecurringTask | None:
        """Keeps the task; None, with errors in the form, when something about it is wrong.

        Raises:
            AdapterUnavailable: the store cannot be reached.
        """
        try:
            return self._save()
        except AdapterUnavailable:
            raise
        except (ActiveJobError, TypeError, ValueError, RecursionError) as error:
            self.add_error(_field_of(error), str(error))
            return None

    def _save(self) -> RecurringTask:
        asked = self.cleaned_data
        positional, keywords = deserialize_arguments(_written(asked))
        options: dict[str, Any] = {
            "args": list(positional),
            "kwargs": dict(keywords),
            "queue": asked["queue"] or None,
            "priority": asked["priority"],
            "misfire": asked["misfire"],
            "description": asked["description"],
            "enabled": asked["enabled"],
        }
        times = "every" if asked["every"] else "schedule"
        options[times] = asked[times]
        return schedule_recurring_task(asked["key"], asked["job"], **options)


def initial_of(key: str, task: RecurringTask, definition: Definition) -> dict[str, Any]:
    """What the form of a task that is there begins with."""
    arguments = list(definition.arguments)
    keywords: dict[str, Any] = {}
    if arguments and isinstance(arguments[-1], dict) and markers.RUBY2_KEYWORDS in arguments[-1]:
        last = arguments.pop()
        keywords = {name: last[name] for name in last if name not in markers.RESERVED}
    return {
        "key": key,
        "job": definition.job,
        "schedule": definition.schedule or "",
        "every": definition.every,
        "arguments": json.dumps(arguments, ensure_ascii=False) if arguments else "",
        "keywords": json.dumps(keywords, ensure_ascii=False) if keywords else "",
        "queue": definition.queue or "",
        "priority": definition.priority,
        "misfire": definition.misfire,
        "description": definition.description,
        "enabled": task.is_enabled,
    }


def _written(asked: dict[str, Any]) -> list[Any]:
    keywords = asked["keywords"]
    if not keywords:
        return list(asked["arguments"])
    return [*asked["arguments"], {**keywords, markers.RUBY2_KEYWORDS: list(keywords)}]


def _json(text: str, *, default: Any) -> Any:
    if not text.strip():
        return default
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ValidationError(
            _("This is not JSON: %(error)s."), params={"error": str(error)}
        ) from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no value of JSON")


def _field_of(error: Exception) -> str | None:
    for kind, field in _FIELDS:
        if isinstance(error, kind):
            return field
    return None if isinstance(error, ConfigurationError) else "arguments"
