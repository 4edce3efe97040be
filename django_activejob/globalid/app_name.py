"""The name of this project in its global ids."""

from __future__ import annotations

import os
import re

from django_activejob import conf
from django_activejob.errors import InvalidGlobalID

_NAME = re.compile(r"[A-Za-z0-9._&-]+")


def app_name() -> str:
    """The first part of the ids that this project makes.

    ``ACTIVE_JOB["GLOBAL_ID_APP"]``, or else the package of the settings module with
    dashes: ``my-shop`` for ``my_shop.settings``; Rails derives it from the application's name.

    Raises:
        InvalidGlobalID: the name has characters that an id cannot hold.
    """
    return validate(conf.settings().global_id_app or _package_of_the_settings())


def validate(app: object) -> str:
    """The name itself, when it can stand in an id.

    Raises:
        InvalidGlobalID: it is empty, or has characters other than letters, digits and ``-_.&``.
    """
    if not isinstance(app, str) or not _NAME.fullmatch(app):
        raise InvalidGlobalID(
            f"{app!r} is not an app name for global ids. Use letters, digits and - _ . & only."
        )
    return app


def _package_of_the_settings() -> str:
    package = os.environ.get("DJANGO_SETTINGS_MODULE", "").partition(".")[0]
    return package.replace("_", "-") or "django"
