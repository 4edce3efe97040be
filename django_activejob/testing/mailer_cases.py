"""What a test of one mailer has at hand."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, Final

from django_activejob.errors import ConfigurationError, DeserializationError
from django_activejob.mail import Mailer, registry
from django_activejob.mail.mailer import underscored

_ENDING: Final = re.compile(r"(Tests?|TestCase)$")
_FIXTURES: Final = "fixtures"


def mailer_of(case: type) -> type[Mailer]:
    """The mailer that a test case is about: its ``mailer_class``, else the one of its name.

    ``ReportMailerTest`` is about the ``ReportMailer``, whatever app has it.

    Raises:
        ConfigurationError: there is none, or there are several.
    """
    said: Any = vars(case).get("mailer_class") or getattr(case, "mailer_class", None)
    if isinstance(said, str):
        return _named(case, said)
    return said or _inferred(case)


def fixture_lines(case: type, name: str) -> list[str]:
    """The lines of ``fixtures/report_mailer/<name>``, beside the module of the test case.

    Raises:
        OSError: there is no such file.
    """
    folder = underscored(mailer_of(case).__name__)
    path = Path(inspect.getfile(case)).parent / _FIXTURES / folder / name
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


def _named(case: type, name: str) -> type[Mailer]:
    try:
        return registry.find(name)
    except DeserializationError as error:
        raise ConfigurationError(f"{case.__qualname__}.mailer_class: {error}") from error


def _inferred(case: type) -> type[Mailer]:
    name = _ENDING.sub("", case.__name__)
    found = registry.by_class_name(name)
    if len(found) == 1:
        return found[0]
    reason = "there are several mailers of this name" if found else "there is no such mailer"
    raise ConfigurationError(
        f"{case.__qualname__}: its name says that it tests {name}, and {reason}. "
        "Say mailer_class = …, the class or its name."
    )
