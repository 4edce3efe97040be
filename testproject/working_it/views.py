"""A form whose answer does not wait for the mail, and the inbox."""

from __future__ import annotations

import time

from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from django_activejob import send_mail_later
from testproject.working_it.forms import ThoughtForm
from testproject.working_it.jobs.count_words import CountWordsJob
from testproject.working_it.models import DeliveredMail, Thought


def home(request: HttpRequest) -> HttpResponse:
    """The form, and what people have thought so far."""
    form = ThoughtForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        started = time.monotonic()
        _receive(form.save(), wait_for_it="wait" in request.POST)
        seconds = time.monotonic() - started
        messages.success(request, f"Thank you! This page took {seconds * 1000:.0f} ms.")
        return redirect("home")
    context = {"form": form, "thoughts": Thought.objects.all()[:5]}
    return render(request, "working_it/home.html", context)


def inbox(request: HttpRequest) -> HttpResponse:
    """What the mail server has delivered."""
    return render(request, "working_it/inbox.html", {"mails": DeliveredMail.objects.all()[:20]})


def _receive(thought: Thought, *, wait_for_it: bool) -> None:
    CountWordsJob.perform_later(thought)
    send = send_mail if wait_for_it else send_mail_later
    send("Your thought", f"You thought:\n\n{thought.text}", None, [thought.email])
