"""As much of a browser as the tour needs: cookies, forms, real HTTP."""

from __future__ import annotations

import re
import time
import urllib.error
from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said, and how long it took, in seconds."""

    status: int
    text: str
    seconds: float


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class Browser:
    """Visits one site; keeps its cookies."""

    def __init__(self, base: str) -> None:
        self._base = base
        # Nothing but this machine is visited, whatever proxy the environment names.
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _NoRedirect())
        self._token = ""

    def get(self, path: str) -> Answer:
        """Loads a page, and notes the token of its form."""
        answer = self._send(Request(urljoin(self._base, path)))  # noqa: S310 - the URL is ours
        found = _TOKEN.search(answer.text)
        self._token = found.group(1) if found else self._token
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Sends a form; a redirect is an answer, and not followed."""
        data = urlencode({"csrfmiddlewaretoken": self._token, **fields}).encode()
        return self._send(Request(urljoin(self._base, path), data=data))  # noqa: S310 - the URL is ours

    def _send(self, request: Request) -> Answer:
        started = time.monotonic()
        try:
            with self._opener.open(request, timeout=60) as response:
                status, text = response.status, response.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                status, text = refused.code, refused.read().decode(errors="replace")
        return Answer(status=status, text=text, seconds=time.monotonic() - started)
