"""System checks of mail: what would keep it from being sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings as django_settings
from django.core import checks
from django.core.files.storage import storages
from django.utils.module_loading import autodiscover_modules, import_string

from django_activejob import conf
from django_activejob.mail import registry, routing


def check_mail(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[checks.CheckMessage]:
    """E010 to E014: mail that would go in a circle, or nowhere; a storage; names; dotted paths."""
    if conf.problems():
        return []
    parts = (_check_mailers, _check_email_backend, _check_storage, _check_names, _check_paths)
    return [message for part in parts for message in part()]


def _check_mailers() -> Iterator[checks.CheckMessage]:
    mailers = getattr(django_settings, "MAILERS", {})
    for alias, entry in mailers.items():
        if _is_queueing(entry.get("BACKEND")):
            yield from _check_inner(alias, entry.get("OPTIONS", {}).get("using"), mailers)


def _check_inner(
    alias: str, inner: Any, mailers: Mapping[str, Any]
) -> Iterator[checks.CheckMessage]:
    place = f'MAILERS["{alias}"]["OPTIONS"]["using"]'
    if inner not in mailers:
        yield checks.Error(
            f"{place}: {inner!r} is not an alias of MAILERS.",
            hint="Name the mailer that sends what this one has queued.",
            id="activejob.E010",
        )
    elif _is_queueing(mailers[inner].get("BACKEND")):
        yield checks.Error(
            f"{place}: {inner!r} queues mail too, so nothing would ever be sent.",
            hint="Name a mailer that sends, such as one with Django's SMTP backend.",
            id="activejob.E011",
        )


def _check_email_backend() -> Iterator[checks.CheckMessage]:
    path = conf.settings().email_backend
    place = f'{conf.NAME}["EMAIL_BACKEND"]'
    try:
        backend = import_string(path)
    except ImportError as error:
        yield checks.Error(f"{place}: {path!r} cannot be imported: {error}.", id="activejob.E010")
        return
    if routing.is_queueing(backend):
        yield checks.Error(
            f"{place}: {path!r} queues mail, so nothing would ever be sent.",
            hint="Name a backend that sends, such as Django's SMTP backend.",
            id="activejob.E011",
        )


def _check_storage() -> Iterator[checks.CheckMessage]:
    alias = conf.settings().mail_attachment_storage
    if alias is not None and alias not in storages.backends:
        yield checks.Error(
            f'{conf.NAME}["MAIL_ATTACHMENT_STORAGE"]: {alias!r} is not an alias of STORAGES.',
            hint=conf.nearest(alias, storages.backends),
            id="activejob.E012",
        )


def _check_names() -> Iterator[checks.CheckMessage]:
    autodiscover_modules(registry.MODULE)
    for name, first, second in registry.clashes():
        yield checks.Error(
            f"{name}: two mailers have this name, in {first.__module__} and {second.__module__}.",
            hint="Rename one of them, or give one a wire_name of its own.",
            id="activejob.E013",
        )


def _check_paths() -> Iterator[checks.CheckMessage]:
    settings = conf.settings()
    yield from _check_delivery_job(settings.mail_delivery_job)
    for name in ("mail_interceptors", "mail_observers"):
        for path in getattr(settings, name):
            yield from _check_path(name, path)


def _check_delivery_job(path: str) -> Iterator[checks.CheckMessage]:
    found = list(_check_path("mail_delivery_job", path))
    yield from found
    if not found and not getattr(import_string(path), "delivers_mail", False):
        yield checks.Error(
            f'{conf.NAME}["MAIL_DELIVERY_JOB"]: {path!r} delivers no mail.',
            hint="Name a subclass of django_activejob.mail.MailDeliveryJob.",
            id="activejob.E014",
        )


def _check_path(name: str, path: str) -> Iterator[checks.CheckMessage]:
    try:
        import_string(path)
    except ImportError as error:
        yield checks.Error(
            f'{conf.NAME}["{name.upper()}"]: {path!r} cannot be imported: {error}.',
            id="activejob.E014",
        )


def _is_queueing(path: Any) -> bool:
    if not isinstance(path, str):
        return False
    try:
        return routing.is_queueing(import_string(path))
    except ImportError:
        return False  # Django says so when the mailer is used
