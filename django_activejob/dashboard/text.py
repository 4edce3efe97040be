"""Text of unknown origin, made fit for a page; escaping is the templates' own work."""

from __future__ import annotations

import re
from typing import Final

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from django_activejob.contracts import Count

_UNSHOWABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, NUL among them
    "\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of what follows
    "\ud800-\udfff]"  # halves of characters, which UTF-8 cannot carry
)


def visible(text: str) -> str:
    """The text with a replacement character for each one that no page can show."""
    return _UNSHOWABLE.sub("\ufffd", text)


def shortened(text: str, limit: int) -> str:
    """The visible text, cut to ``limit`` characters with an ellipsis."""
    head = visible(text[: limit + 1])
    return head if len(head) <= limit else head[: limit - 1] + "…"


def number(value: int) -> str:
    """A whole number with the separators of the reader's language."""
    return number_format(value, force_grouping=True)


def count(value: Count) -> str:
    """A count, as in ``312`` or ``10,000+``; an ellipsis where none was found yet."""
    if value.capped and not value.number:
        return "…"
    return number(value.number) + ("+" if value.capped else "")


def too_large(size: int) -> str:
    """What stands in the place of ``size`` characters that are not shown."""
    return _("%(size)s, too long to show here") % {"size": filesizeformat(size)}
