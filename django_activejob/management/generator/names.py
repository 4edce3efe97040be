"""The name of a job, in the forms that its file and its class have."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass

from django.core.management.base import CommandError

_SEPARATOR = re.compile(r"::|[./]")
_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobName:
    """``SyncAccountJob`` in ``sync_account_job``, below the packages of ``namespace``."""

    class_name: str
    module: str
    namespace: tuple[str, ...]


def parse(text: str) -> JobName:
    """Reads a name as Active Job's generator does.

    Args:
        text: CamelCase or snake_case, with or without Job at its end; a namespace stands
            before it, parted by ``/``, ``.`` or ``::``.

    Raises:
        CommandError: no class or module can be named so, or the module would not be found.
    """
    *spaces, last = _SEPARATOR.split(text)
    stem, base = snake_case(last).removesuffix("_job"), camel_case(last)
    if not stem:
        raise CommandError(f"{text!r} is no name for a job. Try one such as SyncAccount.")
    name = JobName(
        class_name=f"{base.removesuffix('Job') or base}Job",
        module=f"{stem}_job",
        namespace=tuple(map(snake_case, spaces)),
    )
    _check(name, text)
    return name


def snake_case(text: str) -> str:
    """``HTTPSync`` → ``http_sync``."""
    return _WORD_BEGINS.sub("_", text).lower()


def camel_case(text: str) -> str:
    """``sync_account`` → ``SyncAccount``; what is in that form stays as it is."""
    return "".join(word[:1].upper() + word[1:] for word in text.split("_"))


def _check(name: JobName, text: str) -> None:
    for part in (*name.namespace, name.module, name.class_name):
        if not part.isidentifier() or keyword.iskeyword(part):
            raise CommandError(
                f"{text!r} is no name for a job: {part!r} can name nothing in Python. "
                "Try one such as SyncAccount or billing/sync_account."
            )
        if part == "tests" or part.startswith("test_"):
            raise CommandError(
                f"{text!r}: jobs in modules named tests or test_… are not discovered. "
                "Choose another name."
            )
    if name.class_name == "ApplicationJob":
        raise CommandError(
            "ApplicationJob is the parent of all jobs; it is made along with the first of them."
        )
