"""How a model instance gets its global id."""

from __future__ import annotations

from typing import Any, Protocol, TypeGuard

from django.db import connections, router
from django.db.models import Model

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid.app_name import app_name
from django_activejob.globalid.gid import GlobalID
from django_activejob.globalid.naming import name_of


class Identifiable(Protocol):
    """An object that says itself how it is named; a locator for its app finds it again."""

    def to_global_id(self, **params: Any) -> GlobalID:
        """The id that names this object; ``params`` (``app`` among them) only where asked for."""


def is_identifiable(value: object) -> bool:
    """Whether ``to_global_id`` takes the value; a class is none, whatever it defines."""
    return isinstance(value, Model) or _names_itself(value)


def to_global_id(
    instance: Model | Identifiable, *, app: str | None = None, **params: object
) -> GlobalID:
    """The global id of a saved model instance, or of an object that says it itself.

    The app is ``app``, or else the model's attribute ``global_id_app``, or else the project's.
    ``using`` is added for an instance from a database that is not where its model is
    looked for by default. No query is made.

    Raises:
        InvalidGlobalID: the instance has not been saved, or has no primary key.
    """
    if _names_itself(instance):
        asked = {"app": app, **params} if app else params
        return instance.to_global_id(**asked)
    return model_id(instance, app=app, **params)


def model_id(instance: object, *, app: str | None = None, **params: object) -> GlobalID:
    """As ``to_global_id``, without asking the instance itself.

    Raises:
        InvalidGlobalID: this is no model instance, has not been saved, or has no primary key.
    """
    if not isinstance(instance, Model):
        raise InvalidGlobalID(f"An object of type {type(instance).__name__} has no global id.")
    alias = _foreign_alias(instance)
    if alias:
        params.setdefault("using", alias)
    return GlobalID.create(
        app=app or getattr(instance, "global_id_app", None) or app_name(),
        model_name=name_of(instance.__class__),
        id_parts=_id_parts(instance),
        params=params,
    )


def _names_itself(value: object) -> TypeGuard[Identifiable]:
    # The class behind a lazy object; and of a class its metaclass, so a class is never one.
    return hasattr(value.__class__, "to_global_id")


def _id_parts(instance: Model) -> tuple[str, ...]:
    fields = instance._meta.pk_fields
    if any(field.value_from_object(instance) is None for field in fields):
        raise InvalidGlobalID(_unsaved(instance, "without an id"))
    if instance._state.adding and any(field.has_default() for field in fields):
        raise InvalidGlobalID(_unsaved(instance, "that has never been saved"))
    return tuple(field.value_to_string(instance) for field in fields)


def _unsaved(instance: Model, what: str) -> str:
    label = instance._meta.label
    return f"Unable to serialize {label} {what}. (Maybe you forgot to call save()?)"


def _foreign_alias(instance: Model) -> str | None:
    alias = instance._state.db
    model = instance.__class__
    if alias is None or alias == router.db_for_write(model):
        return None
    if alias == router.db_for_read(model) or _is_mirror(alias):
        return None  # a replica: the job shall read where nothing lags behind
    return alias


def _is_mirror(alias: str) -> bool:
    return alias in connections and bool(connections.settings[alias].get("TEST", {}).get("MIRROR"))
