"""The pages of the previews, in DEBUG only."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from functools import wraps
from typing import Any

from django.conf import settings as django_settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from django_activejob.mail import previews

View = Callable[..., HttpResponse]


def _in_debug_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not django_settings.DEBUG:
            raise Http404("Previews of mail are shown with DEBUG = True only.")
        return view(request, *args, **kwargs)

    return guarded


@_in_debug_only
def listing(request: HttpRequest) -> HttpResponse:
    """All previews."""
    context = {"previews": previews.previews()}
    return render(request, "django_activejob/mail/previews.html", context)


@_in_debug_only
def message(request: HttpRequest, class_name: str, method: str) -> HttpResponse:
    """The headers of one message, and what it consists of."""
    made = _message(class_name, method)
    context = {
        "class_name": class_name,
        "method": method,
        "headers": made.items(),
        "parts": [(number, *_described(part)) for number, part in enumerate(_parts(made))],
    }
    return render(request, "django_activejob/mail/preview.html", context)


@_in_debug_only
def part(request: HttpRequest, class_name: str, method: str, number: int) -> HttpResponse:
    """One part of a message, as it is."""
    parts = _parts(_message(class_name, method))
    if number >= len(parts):
        raise Http404(f"{class_name}.{method} has no part {number}.")
    response = HttpResponse(
        parts[number].get_payload(decode=True) or b"", content_type=parts[number]["Content-Type"]
    )
    # What the mail brings along may look, but not act, here.
    response["Content-Security-Policy"] = "sandbox; script-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _message(class_name: str, method: str) -> Message:
    try:
        delivery = previews.preview(class_name, method)
    except LookupError as error:
        raise Http404(str(error)) from error
    if delivery.message is None:
        raise Http404(f"{class_name}.{method}: its action makes no message.")
    return delivery.message.message()


def _parts(made: Message) -> list[Any]:
    return [found for found in made.walk() if not found.is_multipart()]


def _described(found: Message) -> tuple[str, str | None]:
    return found.get_content_type(), found.get_filename()
