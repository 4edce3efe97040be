"""Asking back before something is done that is not undone easily."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from django_activejob.dashboard.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a page asks; ``fields`` are those of the form that is sent when the answer is yes.

    ``things`` names what it is about, where the title does not.
    """

    title: str
    text: str
    label: str
    fields: Sequence[tuple[str, str]]
    back_uri: str
    things: Sequence[str] = ()


def ask(visit: Visit, question: Question) -> HttpResponse:
    """The page that asks; the form that it holds is posted with ``confirmed``."""
    return visit.render("ask", {"title": question.title, "question": question})


def is_confirmed(visit: Visit) -> bool:
    """Whether the page that asks has been answered with yes."""
    return "confirmed" in visit.request.POST
