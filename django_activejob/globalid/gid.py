"""The text that names one model instance."""

from __future__ import annotations

import base64
import binascii
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl, quote_plus, unquote_plus, urlencode

from typing_extensions import override

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid.app_name import validate

MAX_ID_PARTS: Final = 20

_URI = re.compile(
    r"gid://(?P<app>[A-Za-z0-9._&-]+)/(?P<model>[\w.:]+)(?P<id>(?:/[^\s/?#]*)*)"
    r"(?:\?(?P<query>[^\s#]*))?(?:#\S*)?"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class GlobalID:
    """Names a model instance: ``gid://app/Model/id``, as Rails' GlobalID writes it.

    ``id_parts`` holds the primary key as text, one part for each of its columns, at least
    one; ``query`` is what stands after the question mark. Two ids are equal when
    their texts are, whatever the case of the app's name.
    """

    app: str
    model_name: str
    id_parts: tuple[str, ...]
    query: str = ""

    @classmethod
    def parse(cls, text: object) -> GlobalID:
        """Reads a ``gid://`` text; whether the model exists is not looked at.

        Raises:
            InvalidGlobalID: it is no such text, names no id, or one of more than 20 parts.
        """
        found = _URI.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            shown = reprlib.repr(text)
            raise InvalidGlobalID(f"{shown} is not a global id. Expected gid://app/Model/id.")
        app, model_name, path, query = found.group("app", "model", "id", "query")
        id_parts = tuple(_unquote(part, found.string) for part in path.split("/") if part)
        return cls(
            app=app,
            model_name=model_name,
            id_parts=_check_parts(id_parts, model_name),
            query=query or "",
        )

    @classmethod
    def create(
        cls,
        *,
        app: str,
        model_name: str,
        id_parts: tuple[str, ...],
        params: Mapping[str, object] | None = None,
    ) -> GlobalID:
        """Makes an id of its parts.

        Args:
            params: for locators; a list is written as a repeated key, None as a bare key.

        Raises:
            InvalidGlobalID: a part has characters that it cannot have, or the id is missing.
        """
        if not re.fullmatch(r"[\w.:]+", model_name):
            raise InvalidGlobalID(f"{model_name!r} is not a model's name for a global id.")
        return cls(
            app=validate(app),
            model_name=model_name,
            id_parts=_check_parts(id_parts, model_name),
            query=_write_query(params) if params else "",
        )

    @classmethod
    def from_param(cls, text: str) -> GlobalID:
        """Reads what ``to_param`` wrote.

        Raises:
            InvalidGlobalID: the text is something else.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            return cls.parse(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        except (UnicodeError, binascii.Error) as error:
            raise InvalidGlobalID(f"{text!r} is not a global id in URL-safe form.") from error

    def to_param(self) -> str:
        """The id in URL-safe Base64 without padding, for paths and forms. It hides nothing."""
        return base64.urlsafe_b64encode(str(self).encode()).decode().rstrip("=")

    @cached_property
    def params(self) -> Mapping[str, str]:
        """What stands after the question mark; the last value of a repeated key."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def _text(self) -> str:
        path = "/".join(map(quote_plus, self.id_parts))
        query = f"?{self.query}" if self.query else ""
        return f"gid://{self.app}/{self.model_name}/{path}{query}"

    @cached_property
    def _identity(self) -> tuple[object, ...]:
        return (self.app.lower(), self.model_name, self.id_parts, self.query)

    @override
    def __str__(self) -> str:
        return self._text

    @override
    def __repr__(self) -> str:
        return f"<GlobalID {self._text}>"

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GlobalID):
            return NotImplemented
        return self._identity == other._identity

    @override
    def __hash__(self) -> int:
        return hash(self._identity)


def _unquote(part: str, text: str) -> str:
    try:
        return unquote_plus(part, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidGlobalID(f"{text!r} is not a global id: its id is not UTF-8.") from error


def _check_parts(id_parts: tuple[str, ...], model_name: str) -> tuple[str, ...]:
    if not id_parts or not all(id_parts):
        raise InvalidGlobalID(
            f"Unable to make a global id for {model_name} without an id. "
            f"(Maybe you forgot to call save()?)"
        )
    if not all(map(_is_unicode, id_parts)):
        raise InvalidGlobalID(f"The id of {model_name} has half a surrogate pair in it.")
    if len(id_parts) > MAX_ID_PARTS:
        raise InvalidGlobalID(
            f"The id of {model_name} has {len(id_parts)} parts, more than {MAX_ID_PARTS}."
        )
    return id_parts


def _is_unicode(part: str) -> bool:
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True


def _write_query(params: Mapping[str, object]) -> str:
    pairs = [
        (key, value)
        for key, values in params.items()
        for value in (values if isinstance(values, list | tuple) else [values])
    ]
    return "&".join(
        quote_plus(key) if value is None else urlencode({key: value}) for key, value in pairs
    )
