"""The settings: every key with its type, default, unit and meaning.

This module alone reads ``django.conf.settings``. It is read at use, never at import.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any, Final, Literal, TypeVar

from django.conf import settings as django_settings
from django.core.signals import setting_changed

from django_activejob.errors import ConfigurationError

NAME: Final = "ACTIVE_JOB"

CommitPolicy = bool | Literal["auto"]
Misfire = Literal["skip", "run_once", "run_all"]

_LONGEST_INTERVAL: Final = 366 * 86_400  # seconds
_LONGEST_KEY: Final = 255  # characters of a recurring task's key

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with the settings: where, what, and what to do."""

    path: str
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" + (f" {self.hint}" if self.hint else "")


class _Invalid(Exception):
    # Carries problems to the reader; never seen outside of this module.
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


Reader = Callable[[Any, str], Any]
"""Takes the value of a key and its path; gives the value for ``Settings``, or raises."""


def _refuse(path: str, value: Any, wanted: str) -> _Invalid:
    return _Invalid(Problem(path=path, message=f"{value!r} is not {wanted}."))


# Readers: one for each kind of value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise _refuse(path, value, "a non-empty string")
    return value


def _optional_text(value: Any, path: str) -> str | None:
    return None if value is None else _text(value, path)


def _any_text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _refuse(path, value, "a string")
    return value


def _flag(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(path, value, "True or False")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _seconds(value: Any, path: str) -> float:
    if not _is_number(value) or value <= 0:
        raise _refuse(path, value, "a number of seconds above 0")
    return float(value)


def _optional_seconds(value: Any, path: str) -> float | None:
    return None if value is None else _seconds(value, path)


def _factor(value: Any, path: str) -> float:
    if not _is_number(value):
        raise _refuse(path, value, "a number, such as 0.15 for 15 %")
    return float(value)


def _optional_integer(value: Any, path: str) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise _refuse(path, value, "a whole number or None")
    return value


def _count(value: Any, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _refuse(path, value, "a whole number of at least 1")
    return value


def _optional_count(value: Any, path: str) -> int | None:
    return None if value is None else _count(value, path)


def _names(value: Any, path: str) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(n, str) and n for n in names):
        raise _refuse(path, value, "a name or a list of names")
    return tuple(names)


def _some_names(value: Any, path: str) -> tuple[str, ...]:
    names = _names(value, path)
    if not names:
        raise _refuse(path, value, "a list of at least one name")
    return names


def _weights(value: Any, path: str) -> tuple[tuple[str, int], ...]:
    if not isinstance(value, Mapping) or not value:
        raise _refuse(path, value, 'a dict such as {"critical": 3, "default": 1}')
    for name in value:
        _text(name, path)
    return tuple((name, _count(weight, f'{path}["{name}"]')) for name, weight in value.items())


def _commit_policy(value: Any, path: str) -> CommitPolicy:
    if value not in (True, False, "auto"):
        raise _refuse(path, value, 'one of "auto", True, False')
    return value  # type: ignore[no-any-return]  # one of the three literals


def _options(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _refuse(path, value, "a dict of option names and values")
    return dict(value)


def _interval(value: Any, path: str) -> float:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if not _is_number(seconds) or not 1 <= seconds <= _LONGEST_INTERVAL:
        raise _refuse(path, value, "a timedelta or a number of seconds, from 1 to those of a year")
    return float(seconds)


def _misfire(value: Any, path: str) -> Misfire:
    if value not in ("skip", "run_once", "run_all"):
        raise _refuse(path, value, 'one of "skip", "run_once", "run_all"')
    return value  # type: ignore[no-any-return]  # one of the three literals


def _arguments(value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise _refuse(path, value, "a list of arguments")
    return tuple(value)


def _setting(default: Any, read: Reader, doc: str, *, shown: str | None = None) -> Any:
    metadata = {"read": read, "doc": doc, "shown": shown or repr(default)}
    return field(default=default, metadata=metadata)


# The settings


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterSettings:
    """One entry of ``ADAPTERS``."""

    adapter: str = _setting(
        "", _text, "A built-in adapter's name, or the dotted path of a QueueAdapter class."
    )
    options: Mapping[str, Any] = _setting(
        None, _options, "Keyword arguments for the adapter.", shown="{}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """One entry of ``WORKERS``."""

    queues: tuple[str, ...] = _setting(
        ("*",),
        _some_names,
        "Queues in strict order; `name*` and `*` are patterns, `-name` leaves a queue out.",
    )
    weights: tuple[tuple[str, int], ...] = _setting(
        (),
        _weights,
        "In place of `queues`: names, and how often each comes first in proportion to the others.",
        shown="{}",
    )
    threads: int = _setting(
        5,
        _count,
        "Jobs that one process runs at once; with `concurrency`, threads for what comes before "
        "and after coroutines.",
    )
    concurrency: int | None = _setting(
        None,
        _optional_count,
        "Jobs that one process runs at once on an event loop; None means that each has a thread.",
    )
    processes: int = _setting(1, _count, "Processes of this kind.")
    adapter: str | None = _setting(
        None, _optional_text, "Alias of the adapter to work for; None means QUEUE_ADAPTER."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringSettings:
    """One entry of ``RECURRING``: a job, and when it is enqueued again and again."""

    job: str = _setting("", _text, "The job class, by its name in payloads: `shop.ReportJob`.")
    schedule: str | None = _setting(
        None,
        _optional_text,
        "Five fields of cron, or six with seconds in front, or `@daily` and the like; then, if "
        "it is not that of TIME_ZONE, a time zone: `0 2 * * * Europe/Berlin`.",
    )
    every: float | None = _setting(
        None,
        _interval,
        "In place of `schedule`: a timedelta or seconds, at least 1; ticks are the multiples of "
        "it since 1970 (UTC).",
    )
    args: tuple[Any, ...] = _setting((), _arguments, "Positional arguments.", shown="[]")
    kwargs: Mapping[str, Any] = _setting(None, _options, "Keyword arguments.", shown="{}")
    queue: str | None = _setting(None, _optional_text, "None means the queue of the job class.")
    priority: int | None = _setting(
        None, _optional_integer, "None means the priority of the job class."
    )
    misfire: Literal["skip", "run_once", "run_all"] = _setting(
        "skip",
        _misfire,
        "What becomes of ticks that were missed while no scheduler ran: `skip`, `run_once` (the "
        "last of them) or `run_all`.",
    )
    grace: float = _setting(
        86_400.0, _seconds, "A tick missed by more than this is skipped in any case.", shown="86400"
    )
    enabled: bool = _setting(True, _flag, "Whether it is enqueued at all; people can change that.")
    description: str = _setting("", _any_text, "For people.")


_ONE_WORKER: Final = (WorkerSettings(),)


def _adapters(value: Any, path: str) -> Mapping[str, AdapterSettings]:
    if not isinstance(value, Mapping):
        raise _refuse(path, value, 'a dict such as {"jobs": {"ADAPTER": "database"}}')
    entries = {
        alias: _read_entry(AdapterSettings, entry, f'{path}["{alias}"]', upper=True)
        for alias, entry in value.items()
    }
    missing = [alias for alias, entry in entries.items() if not entry.adapter]
    if missing:
        raise _Invalid(
            *(
                Problem(path=f'{path}["{alias}"]["ADAPTER"]', message="is missing.")
                for alias in missing
            )
        )
    return entries


def _workers(value: Any, path: str) -> tuple[WorkerSettings, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise _refuse(path, value, 'a list such as [{"queues": ["default"], "threads": 5}]')
    return tuple(
        _read_entry(WorkerSettings, entry, f"{path}[{index}]", upper=False)
        for index, entry in enumerate(value)
    )


def read_recurring(raw: Any, path: str) -> RecurringSettings:
    """One recurring task, as ``RECURRING`` has it.

    Raises:
        ConfigurationError: for the first problem.
    """
    try:
        return _recurring_task(raw, path)
    except _Invalid as invalid:
        raise ConfigurationError(str(invalid.problems[0])) from None


def _recurring(value: Any, path: str) -> Mapping[str, RecurringSettings]:
    if not isinstance(value, Mapping):
        raise _refuse(path, value, 'a dict such as {"nightly": {"job": …, "schedule": …}}')
    found: list[Problem] = []
    tasks: dict[str, RecurringSettings] = {}
    for key, entry in value.items():
        try:
            tasks[key] = _recurring_task(entry, f'{path}["{key}"]')
        except _Invalid as invalid:
            found.extend(invalid.problems)
    found += [_wrong_key(key, path) for key in value if not is_recurring_key(key)]
    if found:
        raise _Invalid(*found)
    return tasks


def is_recurring_key(key: Any) -> bool:
    """Whether a recurring task can have this key."""
    return isinstance(key, str) and 0 < len(key) <= _LONGEST_KEY and key.isprintable()


def _wrong_key(key: Any, path: str) -> Problem:
    message = f"{str(key)[:40]!r} is no key for a task: use 1 to {_LONGEST_KEY} plain characters."
    return Problem(path=path, message=message)


def _recurring_task(raw: Any, path: str) -> RecurringSettings:
    task = _read_entry(RecurringSettings, raw, path, upper=False)
    if not task.job:
        raise _Invalid(Problem(path=f'{path}["job"]', message="is missing."))
    if (task.schedule is None) == (task.every is None):
        raise _Invalid(Problem(path=path, message='takes either "schedule" or "every".'))
    return task


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the project says in ``ACTIVE_JOB``, checked, with defaults; times in seconds."""

    queue_adapter: str = _setting(
        "database",
        _text,
        "Where jobs go: a built-in adapter, an alias of ADAPTERS, or the dotted path of a class.",
    )
    adapters: Mapping[str, AdapterSettings] = _setting(
        None, _adapters, "Adapters with options, by alias.", shown="{}"
    )
    workers: tuple[WorkerSettings, ...] = _setting(
        _ONE_WORKER,
        _workers,
        "What `runjobs` starts.",
        shown='[{"queues": ["*"], "threads": 5, "processes": 1}]',
    )
    recurring: Mapping[str, RecurringSettings] = _setting(
        None, _recurring, "Jobs that are enqueued on a schedule, by key.", shown="{}"
    )
    recurring_store: str | None = _setting(
        None,
        _optional_text,
        "Alias of the adapter that keeps the recurring tasks of adapters which have no place for "
        "them; its store has to be there, workers for it need not.",
    )
    default_queue_name: str = _setting("default", _text, "The queue of jobs that name none.")
    default_priority: int | None = _setting(
        None, _optional_integer, "The priority of jobs that have none; smaller is sooner."
    )
    queue_name_prefix: str | None = _setting(
        None, _optional_text, "Put before every queue name, with the delimiter between them."
    )
    queue_name_delimiter: str = _setting("_", _any_text, "Stands between prefix and queue name.")
    retry_jitter: float = _setting(
        0.15, _factor, "How much chance lengthens the wait before a retry: 0.15 adds up to 15 %."
    )
    enqueue_after_transaction_commit: bool | Literal["auto"] = _setting(
        "auto",
        _commit_policy,
        "Whether a job enqueued in a transaction waits for its commit. `auto` waits, unless the "
        "adapter writes in that very transaction.",
    )
    log_arguments: bool = _setting(True, _flag, "Whether log lines show the arguments of jobs.")
    masked_arguments: tuple[str, ...] = _setting(
        ("password", "passphrase", "secret", "token", "api_key"),
        _names,
        "Log lines and admin pages hide arguments, and keys of dicts, with one of these in their "
        "names.",
    )
    verbose_enqueue_logs: bool = _setting(
        False, _flag, "Whether each log line about a job is followed by the line of code it is of."
    )
    payload_limit: int | None = _setting(
        10 * 1024 * 1024,
        _optional_integer,
        "The most bytes of JSON that the arguments of a job may take; None means no limit.",
    )
    mail_queue_name: str = _setting("mailers", _text, "The queue of mail that is sent later.")
    mail_delivery_job: str = _setting(
        "django_activejob.mail.MailDeliveryJob",
        _text,
        "Dotted path of the job class that delivers the mail of mailers which name none.",
    )
    mail_perform_deliveries: bool = _setting(
        True, _flag, "Whether mailers send; if not, all but the sending happens."
    )
    mail_raise_delivery_errors: bool = _setting(
        True, _flag, "Whether an error of a delivery is raised, or only logged."
    )
    mail_interceptors: tuple[str, ...] = _setting(
        (), _names, "Dotted paths of what looks at every message before it goes out."
    )
    mail_observers: tuple[str, ...] = _setting(
        (), _names, "Dotted paths of what is told of every message that went out."
    )
    email_backend: str = _setting(
        "django.core.mail.backends.smtp.EmailBackend",
        _text,
        "What sends the mail that EMAIL_BACKEND queues, before Django 6.1; from there on, MAILERS "
        "says it.",
    )
    mail_attachment_limit: int = _setting(
        262_144,
        _count,
        "Bytes; a larger attachment of mail that is sent later goes to MAIL_ATTACHMENT_STORAGE.",
    )
    mail_attachment_storage: str | None = _setting(
        None,
        _optional_text,
        "Alias of STORAGES for large attachments, which workers can read too; None keeps them in "
        "the payload.",
    )
    serializers: tuple[str, ...] = _setting(
        (), _names, "Dotted paths of serializers for types of your own."
    )
    global_id_app: str | None = _setting(
        None,
        _optional_text,
        "The app name in `gid://app/Model/id`; None means the project's package name.",
    )
    global_id_expires_in: float | None = _setting(
        2_592_000.0,
        _optional_seconds,
        "How long signed global ids are good; None means for ever.",
        shown="2592000",
    )
    discovery_ignore: tuple[str, ...] = _setting(
        ("django_extensions",), _names, "Apps whose `jobs` modules are not job classes of ours."
    )
    shutdown_timeout: float = _setting(
        25.0, _seconds, "How long running jobs may take to end when `runjobs` is stopped."
    )
    beat_interval: float = _setting(5.0, _seconds, "How often a process says that it lives.")
    self_fence_after: float = _setting(
        20.0, _seconds, "A process that could not say so for this long takes no more jobs."
    )
    dead_after: float = _setting(
        30.0, _seconds, "A process silent for this long is given up; others take over its jobs."
    )
    monitoring_token: str | None = _setting(
        None,
        _optional_text,
        "What a scraper of `/metrics` and `stats.json` sends as `Authorization: Bearer …`; "
        "without one, only staff who may view jobs see them.",
    )
    maintenance_interval: float = _setting(10.0, _seconds, "How often the dead are looked for.")


_EMPTY: Final[Mapping[str, Any]] = {
    "adapters": {},
    "options": {},
    "recurring": {},
    "kwargs": {},
}


def settings() -> Settings:
    """The project's settings, read once and again after they change.

    Raises:
        ConfigurationError: for the first problem; system checks tell all of them.
    """
    global _cached  # noqa: PLW0603 - one process has one reading of its settings
    if _cached is None:
        loaded, found = _load(_raw())
        if found:
            raise ConfigurationError(str(found[0]))
        _cached = loaded
    return _cached


def problems() -> list[Problem]:
    """All that is wrong with ``ACTIVE_JOB``, for the system checks."""
    return _load(_raw())[1]


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that helps after a wrong name: the nearest right one, or all of them."""
    names = sorted(known)
    matches = difflib.get_close_matches(name, names, n=1)
    if not matches:
        matches = difflib.get_close_matches(name.upper(), names, n=1)
    return f"Did you mean {matches[0]!r}?" if matches else f"Known are: {', '.join(names)}."


_cached: Settings | None = None


def _raw() -> Any:
    return getattr(django_settings, NAME, {})


def _load(raw: Any) -> tuple[Settings, list[Problem]]:
    try:
        loaded = _read_entry(Settings, raw, NAME, upper=True)
    except _Invalid as invalid:
        return Settings(adapters={}, recurring={}), list(invalid.problems)
    return loaded, _contradictions(loaded)


def _read_entry(kind: type[_T], raw: Any, path: str, *, upper: bool) -> _T:
    if not isinstance(raw, Mapping):
        raise _refuse(path, raw, "a dict")
    keys = {item.name.upper() if upper else item.name: item for item in fields(kind)}  # type: ignore[arg-type]  # always one of our dataclasses
    found = _unknown_keys(raw, keys, path)
    values = {item.name: _EMPTY[item.name] for item in keys.values() if item.name in _EMPTY}
    for key in raw.keys() & keys.keys():
        try:
            values[keys[key].name] = keys[key].metadata["read"](raw[key], f'{path}["{key}"]')
        except _Invalid as invalid:
            found.extend(invalid.problems)
    if found:
        raise _Invalid(*found)
    return kind(**values)


def _unknown_keys(raw: Mapping[str, Any], known: Iterable[str], path: str) -> list[Problem]:
    return [
        Problem(
            path=f"{path}[{key!r}]".replace("'", '"'),
            message="is not a setting.",
            hint=nearest(str(key), known),
        )
        for key in raw
        if key not in known
    ]


def _contradictions(loaded: Settings) -> list[Problem]:
    if loaded.beat_interval < loaded.self_fence_after < loaded.dead_after:
        return []
    return [
        Problem(
            path=f'{NAME}["DEAD_AFTER"]',
            message="the times of a process's life contradict each other.",
            hint="BEAT_INTERVAL must be below SELF_FENCE_AFTER, and that below DEAD_AFTER.",
        )
    ]


def _forget(*, setting: str, **_: Any) -> None:
    global _cached  # noqa: PLW0603 - see settings()
    if setting == NAME:
        _cached = None


setting_changed.connect(_forget, dispatch_uid="django_activejob.conf")
