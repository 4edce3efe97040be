"""The locale and the time zone of a job's enqueuer, put on and taken off again."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.utils import timezone, translation
from typing_extensions import override

if TYPE_CHECKING:
    from django_activejob.job.base import ActiveJob


def name_of(zone: tzinfo) -> str:
    """The name under which a zone travels.

    A fixed offset has no name of its own; whole hours have one among the others.
    """
    key: str | None = getattr(zone, "key", None)
    if key is not None:
        return key
    hours = (zone.utcoffset(None) or timedelta()).total_seconds() / 3600
    if hours == 0:
        return "UTC"
    if hours.is_integer():
        return f"Etc/GMT{-int(hours):+d}"
    return timezone.get_default_timezone_name()


class Surroundings:
    """What is active while a job runs, as a context manager; for one execution in one thread.

    Most jobs run where nothing has to be changed: that case is only looked at.
    """

    __slots__ = ("_language", "_zone")

    def __init__(self) -> None:
        self._language = translation.get_language()
        self._zone = timezone.get_current_timezone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.take_off()

    def put_on(self, job: ActiveJob) -> None:
        """Activates what the job carries.

        Raises:
            Exception: the zone is unknown here, or the locale is.
        """
        if job.locale is not None and job.locale != self._language:
            translation.activate(job.locale)
        if job.timezone is not None and job.timezone != str(self._zone):
            timezone.activate(job.timezone)

    def take_off(self) -> None:
        """Brings back what was active before, whatever the job has changed."""
        if translation.get_language() != self._language:
            self._restore_language()
        if timezone.get_current_timezone() is not self._zone:
            timezone.activate(self._zone)

    def _restore_language(self) -> None:
        if self._language is None:
            translation.deactivate_all()
        else:
            translation.activate(self._language)


class OwnSurroundings(Surroundings):
    """Those of a job in a context of its own, copied from one where nothing is active.

    What is active need not be asked then, which takes longer than a short job, and nothing
    has to be taken off: the context is not used again.
    """

    __slots__ = ()

    def __init__(self) -> None:
        self._language = settings.LANGUAGE_CODE
        self._zone = timezone.get_default_timezone()

    @override
    def take_off(self) -> None:
        """Leaves all as it is."""
