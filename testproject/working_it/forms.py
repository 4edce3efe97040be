"""The form for a thought."""

from __future__ import annotations

from typing import ClassVar

from django import forms

from testproject.working_it.models import Thought


class ThoughtForm(forms.ModelForm):
    """An address and a thought."""

    class Meta:
        model = Thought
        fields = ("email", "text")
        labels: ClassVar = {"email": "Your e-mail", "text": "Your thought"}
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 4})}
