"""The mailers of MAILERS: Django's own from 6.1 on, and before that the same setting read by us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings as django_settings
from django.core import mail
from django.utils.module_loading import import_string

from django_activejob.errors import ConfigurationError

DEFAULT: Final = "default"

_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_MEMORY: Final = "django.core.mail.backends.locmem.EmailBackend"


def named() -> Mapping[str, Any] | None:
    """The setting MAILERS, by alias; None when the project has none."""
    found: Mapping[str, Any] | None = getattr(django_settings, "MAILERS", None)
    return found


def has_default() -> bool:
    """Whether MAILERS, and no older setting, says how mail is sent."""
    mailers = named()
    if mailers is None:
        return False
    # Before 6.1 Django itself goes by EMAIL_BACKEND, so it may be all there is.
    return _has_own() or DEFAULT in mailers


def make(alias: str, options: Mapping[str, Any]) -> Any:
    """The backend of a mailer, not open yet.

    Args:
        alias: one of ``named``.
        options: over those of the mailer.

    Raises:
        ConfigurationError: its backend cannot be imported.
    """
    config = (named() or {})[alias]
    path = _backend_path(config)
    if path == _MEMORY:
        # Django's test runner puts it in place of all, and it takes none of their options.
        return _created(alias, path, {})
    return _created(alias, path, {**config.get("OPTIONS", {}), **options})


def from_older_settings(options: Mapping[str, Any]) -> Any:
    """The backend that EMAIL_BACKEND names.

    Raises:
        ConfigurationError: there are options, which this Django takes with MAILERS only.
    """
    own = getattr(mail, "mailers", None)
    if own is None:
        return mail.get_connection(**options)
    if options:
        raise ConfigurationError(
            "mailer_options: EMAIL_BACKEND takes none. Write MAILERS, which Django 6.1 brought "
            "in its place."
        )
    return own[DEFAULT]


def _has_own() -> bool:
    return hasattr(mail, "mailers")


def _backend_path(config: Mapping[str, Any]) -> str:
    path: str = config.get("BACKEND", _SMTP)
    # Of older versions the test runner replaces EMAIL_BACKEND alone.
    is_in_tests = not _has_own() and django_settings.EMAIL_BACKEND == _MEMORY
    return _MEMORY if is_in_tests else path


def _created(alias: str, path: str, options: Mapping[str, Any]) -> Any:
    try:
        kind = import_string(path)
    except ImportError as error:
        raise ConfigurationError(
            f'MAILERS["{alias}"]["BACKEND"]: {path!r} cannot be imported: {error}.'
        ) from error
    if _has_own():
        return kind(alias=alias, **options)
    backend = kind(**options)
    backend.alias = alias
    return backend
