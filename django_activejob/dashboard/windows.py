"""The spans of time that the overview looks back over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from django_activejob import clock
from django_activejob.dashboard.visit import Visit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of time up to now, in seconds, and the steps in which a chart shows it."""

    name: str
    label: _StrPromise
    seconds: int
    step: int
    format: str  # of Django's date filter, for the labels under a chart

    @property
    def began(self) -> datetime:
        """When it began."""
        return clock.now() - timedelta(seconds=self.seconds)

    def steps(self) -> Sequence[int]:
        """The beginnings of its steps, in seconds since the epoch; the last one holds now."""
        last = int(clock.now().timestamp()) // self.step * self.step
        return range(last - self.seconds + self.step, last + 1, self.step)

    @property
    def charted_from(self) -> datetime:
        """When its first step began."""
        return datetime.fromtimestamp(self.steps()[0], tz=UTC)


WINDOWS: Final[Mapping[str, Window]] = {
    window.name: window
    for window in (
        Window(name="1h", label=_("1 hour"), seconds=HOUR, step=MINUTE, format="H:i"),
        Window(name="24h", label=_("24 hours"), seconds=DAY, step=HOUR, format="H:i"),
        Window(name="7d", label=_("7 days"), seconds=7 * DAY, step=6 * HOUR, format="M j, H:i"),
        Window(name="30d", label=_("30 days"), seconds=30 * DAY, step=DAY, format="M j"),
    )
}

FAILURE_WINDOWS: Final[Mapping[_StrPromise, int]] = {
    _("1 h"): HOUR,
    _("3 h"): 3 * HOUR,
    _("24 h"): DAY,
    _("3 d"): 3 * DAY,
    _("7 d"): 7 * DAY,
}
"""The columns of the table of failures, as GoodJob has them."""


def chosen(visit: Visit) -> Window:
    """The span that the address names; the shortest where it names none."""
    return WINDOWS.get(visit.request.GET.get("window", ""), WINDOWS["1h"])
