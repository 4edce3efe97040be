"""Global ids that cannot be forged, made for one purpose and for a while."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from django.core import signing
from django.db.models import Model
from typing_extensions import override

from django_activejob import clock
from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.identification import Identifiable, to_global_id
from django_activejob.globalid.lifetime import BY_DEFAULT, ByDefault, end_of_life
from django_activejob.globalid.locating import Kinds, locate, locate_many

DEFAULT_PURPOSE: Final = "default"

_SALT: Final = "django_activejob.signed_global_ids"


class Signer(Protocol):
    """Makes tokens of JSON objects and reads them, as ``django.core.signing.Signer`` does."""

    def sign_object(self, obj: Any) -> str:
        """The token of an object."""

    def unsign_object(self, signed_obj: str) -> Any:
        """The object of a token.

        Raises:
            BadSignature: the token was not made by this signer.
        """


def use_signer(signer: Signer | None) -> None:
    """Has tokens made and read by this, from now on; by the project's SECRET_KEY with None.

    ``None`` also reads what the keys of SECRET_KEY_FALLBACKS have signed.
    """
    global _own_signer  # noqa: PLW0603 - one process signs with one key
    _own_signer = signer


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedGlobalID:
    """A global id that cannot be forged, for links and forms.

    Equal to another one for the same object and purpose; ``expires_at`` None means never.
    """

    global_id: GlobalID
    purpose: str = DEFAULT_PURPOSE
    expires_at: datetime | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, token: str, *, purpose: str = DEFAULT_PURPOSE) -> SignedGlobalID | None:
        """Reads a token; None when it was forged, has expired, or was made for another purpose."""
        try:
            content = _signer().unsign_object(token)
            signed = cls(
                global_id=GlobalID.parse(content["gid"]),
                purpose=content["purpose"],
                expires_at=_read_time(content["expires_at"]),
            )
        except (signing.BadSignature, InvalidGlobalID, ValueError, TypeError, KeyError):
            return None
        return signed if signed.purpose == purpose and not signed.has_expired() else None

    def has_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and clock.now() >= self.expires_at

    @override
    def __str__(self) -> str:
        expires_at = self.expires_at.isoformat() if self.expires_at else None
        content = {"gid": str(self.global_id), "purpose": self.purpose, "expires_at": expires_at}
        return _signer().sign_object(content)

    @override
    def __repr__(self) -> str:
        return f"<SignedGlobalID for {self.purpose!r}>"  # a log must not hold the token


def to_signed_global_id(
    instance: Model | Identifiable,
    *,
    purpose: str = DEFAULT_PURPOSE,
    expires_in: timedelta | ByDefault | None = BY_DEFAULT,
    expires_at: datetime | ByDefault | None = BY_DEFAULT,
    **params: Any,
) -> SignedGlobalID:
    """The signed global id of a saved model instance.

    Args:
        purpose: only who names the same purpose can read the token.
        expires_in: how long the token is good; None for ever, and by default what
            ``ACTIVE_JOB["GLOBAL_ID_EXPIRES_IN"]`` says.
        expires_at: until when, aware; None for ever. Goes before ``expires_in``.
        params: as for ``to_global_id``, ``app`` among them.

    Raises:
        InvalidGlobalID: the instance has not been saved.
    """
    return SignedGlobalID(
        global_id=to_global_id(instance, **params),
        purpose=purpose,
        expires_at=end_of_life(expires_in=expires_in, expires_at=expires_at),
    )


def locate_signed(
    token: SignedGlobalID | str,
    *,
    purpose: str = DEFAULT_PURPOSE,
    only: Kinds = None,
    includes: Sequence[str] = (),
) -> Any:
    """As ``locate``, for a token that is genuine, in time, and made for this purpose; else None."""
    signed = SignedGlobalID.parse(str(token), purpose=purpose)
    return locate(signed.global_id, only=only, includes=includes) if signed else None


def locate_many_signed(
    tokens: Iterable[SignedGlobalID | str],
    *,
    purpose: str = DEFAULT_PURPOSE,
    only: Kinds = None,
    includes: Sequence[str] = (),
) -> list[Any]:
    """As ``locate_many``; leaves out tokens that ``locate_signed`` would answer with None."""
    signed = [SignedGlobalID.parse(str(token), purpose=purpose) for token in tokens]
    return locate_many([each.global_id for each in signed if each], only=only, includes=includes)


def _signer() -> Signer:
    return _own_signer or signing.Signer(salt=_SALT)


def _read_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_own_signer: Signer | None = None  # set while apps get ready, then only read
