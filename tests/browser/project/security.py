"""A policy that forbids whatever a page has not in files of its own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"


def strict(get_response: Callable[[HttpRequest], HttpResponse]) -> object:
    """Send the policy with every answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return answer
