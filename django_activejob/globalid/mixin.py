"""Global ids as methods of a model."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.identification import model_id
from django_activejob.globalid.lifetime import BY_DEFAULT, ByDefault
from django_activejob.globalid.signed import (
    DEFAULT_PURPOSE,
    SignedGlobalID,
    to_signed_global_id,
)


class GlobalIDMixin:
    """What Rails' ``GlobalID::Identification`` gives a model: ``order.to_gid()``.

    No model needs it, for the functions of this package take any instance. Who overrides
    ``to_global_id`` changes all other methods, and how the instance travels in jobs.
    """

    def to_global_id(self, *, app: str | None = None, **params: Any) -> GlobalID:
        """The id that names this instance; see the function of this name.

        Raises:
            InvalidGlobalID: the instance has not been saved.
        """
        return model_id(self, app=app, **params)

    def to_gid(self, **params: Any) -> GlobalID:
        """Short for ``to_global_id``."""
        return self.to_global_id(**params)

    def to_gid_param(self, **params: Any) -> str:
        """The id in URL-safe form, for paths and forms. It hides nothing."""
        return self.to_global_id(**params).to_param()

    def to_signed_global_id(
        self,
        *,
        purpose: str = DEFAULT_PURPOSE,
        expires_in: timedelta | ByDefault | None = BY_DEFAULT,
        expires_at: datetime | ByDefault | None = BY_DEFAULT,
        **params: Any,
    ) -> SignedGlobalID:
        """The id under the project's SECRET_KEY; see the function of this name.

        Raises:
            InvalidGlobalID: the instance has not been saved.
        """
        return to_signed_global_id(
            self, purpose=purpose, expires_in=expires_in, expires_at=expires_at, **params
        )

    def to_sgid(self, **options: Any) -> SignedGlobalID:
        """Short for ``to_signed_global_id``."""
        return self.to_signed_global_id(**options)

    def to_sgid_param(self, **options: Any) -> str:
        """The token, which can stand in a URL."""
        return str(self.to_signed_global_id(**options))
