"""How a model instance is written as text, and found again: ``gid://app/Model/id``."""

from __future__ import annotations

from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.identification import Identifiable, is_identifiable, to_global_id
from django_activejob.globalid.locating import (
    fetch,
    fetch_many,
    locate,
    locate_many,
    model_class,
)
from django_activejob.globalid.locators import Locator, locator_for, use, use_default
from django_activejob.globalid.mixin import GlobalIDMixin
from django_activejob.globalid.model_locator import ModelLocator
from django_activejob.globalid.signed import (
    SignedGlobalID,
    Signer,
    locate_many_signed,
    locate_signed,
    to_signed_global_id,
    use_signer,
)

__all__ = [
    "GlobalID",
    "GlobalIDMixin",
    "Identifiable",
    "Locator",
    "ModelLocator",
    "SignedGlobalID",
    "Signer",
    "fetch",
    "fetch_many",
    "is_identifiable",
    "locate",
    "locate_many",
    "locate_many_signed",
    "locate_signed",
    "locator_for",
    "model_class",
    "to_global_id",
    "to_signed_global_id",
    "use",
    "use_default",
    "use_signer",
]
