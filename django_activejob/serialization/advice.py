"""What to pass in place of what cannot travel."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Final

from django.core.files import File
from django.core.mail import EmailMessage
from django.db.models import Manager, QuerySet
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict

from django_activejob.globalid import GlobalID, SignedGlobalID

_INSTEAD: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((QuerySet, Manager), "the instances as a list, or what to filter by"),
    ((HttpRequest,), "what the job needs of the request: request.user, its POST data, a path"),
    ((GlobalID, SignedGlobalID), "the instance itself, or str() of the id"),
    ((EmailMessage,), "it to deliver_later()"),
    ((FunctionType, MethodType, BuiltinFunctionType), "a text that says what to do"),
    ((File, io.IOBase), "the path of the file, or the name in its storage"),
    ((bytearray, memoryview), "bytes(value)"),
    ((Exception,), "str(error)"),
    ((PurePath,), "a Path"),
    ((tuple,), "tuple(value), or value._asdict()"),
    ((MultiValueDict,), "dict(value.lists())"),
    ((Mapping,), "dict(value)"),
    ((Iterator,), "list(value)"),
)

_ANYTHING_ELSE: Final = (
    'what it is made of, or add a serializer for it to ACTIVE_JOB["SERIALIZERS"]'
)


def refusal(value: object) -> str:
    """Says that a value cannot travel in a job, and what can in its place."""
    return (
        f"an object of type {name_of_type(value)} cannot travel in a job. Pass {_instead(value)}."
    )


def name_of_type(value: object) -> str:
    """The dotted name of a value's class; builtins without module."""
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"


def _instead(value: object) -> str:
    return next((text for kinds, text in _INSTEAD if isinstance(value, kinds)), _ANYTHING_ELSE)
