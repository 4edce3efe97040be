"""Arguments are checked against ``perform`` when they are given, not when they are used."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django_activejob.job import registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_activejob.job.base import ActiveJob

_CACHED = "_perform_signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signature:
    full: inspect.Signature
    fewest: int  # positional arguments without which, and
    most: float  # beyond which, a call without keywords cannot succeed
    plain: bool  # no keyword-only parameter is required


def check_arguments(
    job_class: type[ActiveJob], positional: Sequence[Any], keywords: Mapping[str, Any]
) -> None:
    """Checks that ``perform`` can be called so.

    Raises:
        TypeError: it cannot; the message names the class and its parameters.
    """
    signature: _Signature | None = job_class.__dict__.get(_CACHED)
    if signature is None:
        signature = _read(job_class)
    if not keywords and signature.plain and signature.fewest <= len(positional) <= signature.most:
        return
    try:
        signature.full.bind(*positional, **keywords)
    except TypeError as error:
        raise TypeError(
            f"{registry.name_of(job_class)}: perform{signature.full} "
            f"does not take these arguments: {error}."
        ) from None


def _read(job_class: type[ActiveJob]) -> _Signature:
    kinds = inspect.Parameter
    # Without self and without annotations, which only make the message longer.
    parameters = [
        parameter.replace(annotation=kinds.empty)
        for parameter in list(inspect.signature(job_class.perform).parameters.values())[1:]
    ]
    positional = [
        p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    has_rest = any(p.kind is kinds.VAR_POSITIONAL for p in parameters)
    signature = _Signature(
        full=inspect.Signature(parameters),
        fewest=sum(p.default is kinds.empty for p in positional),
        most=float("inf") if has_rest else len(positional),
        plain=not any(
            p.kind is kinds.KEYWORD_ONLY and p.default is kinds.empty for p in parameters
        ),
    )
    setattr(job_class, _CACHED, signature)
    return signature
