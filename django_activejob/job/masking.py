"""Arguments that are nobody's business are not shown in log lines."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django_activejob import conf

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob

MASK: Final = "[FILTERED]"


def masked_arguments(job: ActiveJob) -> tuple[list[Any], dict[str, Any]]:
    """A job's arguments as they may be shown.

    What has one of the names of the setting MASKED_ARGUMENTS as a part of its own name, in
    any case of letters, is masked: parameters of ``perform``, and keys of dicts at any depth.
    """
    names = tuple(name.lower() for name in conf.settings().masked_arguments)
    if not names:
        return job.arguments, job.keyword_arguments
    return _masked_positional(job, names), _masked(job.keyword_arguments, names)


def _masked_positional(job: ActiveJob, names: tuple[str, ...]) -> list[Any]:
    parameters = list(inspect.signature(job.perform).parameters)
    parameters += [""] * (len(job.arguments) - len(parameters))
    return [
        MASK if _is_secret(parameter, names) else _masked(value, names)
        for parameter, value in zip(parameters, job.arguments, strict=False)
    ]


def _masked(value: Any, names: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: MASK if _is_secret(str(key), names) else _masked(item, names)
            for key, item in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | range):
        return [_masked(item, names) for item in value]
    return value


def _is_secret(name: str, names: tuple[str, ...]) -> bool:
    lowered = name.lower()
    return any(secret in lowered for secret in names)
