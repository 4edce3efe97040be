"""Which jobs a person wants to see, or to do something with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_activejob.contracts import Inspector, JobQuery
from django_activejob.dashboard.statuses import WORDS

LONGEST_NAME = 255
LONGEST_SEARCH = 500


class FilterForm(forms.Form):
    """The filter as a form; it has the fields that the adapter offers, and no others."""

    status = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    job_class = forms.CharField(
        label=_("Job class"),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"list": "aj-job-classes", "autocomplete": "off"}),
    )
    queue = forms.CharField(
        label=_("Queue"),
        required=False,
        strip=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"list": "aj-queues", "autocomplete": "off"}),
    )
    search = forms.CharField(
        label=_("Job id or text in the arguments"),
        required=False,
        max_length=LONGEST_SEARCH,
    )

    def __init__(self, data: Mapping[str, Any], *, inspector: Inspector) -> None:
        super().__init__(data, auto_id="aj-%s")
        for name in {"job_class", "queue", "search"} - inspector.filters:
            del self.fields[name]
        choices = [(status, status) for status in WORDS if status in inspector.statuses]
        self.fields["status"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def parameters(self) -> dict[str, str]:
        """What a link has to carry to show the same jobs; empty for a filter that is wrong."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self) -> JobQuery:
        """The filter as adapters understand it."""
        return JobQuery(**self.parameters())  # type: ignore[arg-type]  # status is one of its choices

    @property
    def narrows(self) -> bool:
        """Whether more is asked than a status."""
        return bool(self.parameters().keys() - {"status"})
