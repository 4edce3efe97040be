"""The names of models in global ids."""

from __future__ import annotations

from typing import Final

from django.apps import apps
from django.db.models import Model

ATTRIBUTE: Final = "global_id_model_name"


def name_of(model: type[Model]) -> str:
    """``app_label.ModelName``, or what the class itself says in ``global_id_model_name``.

    The attribute is for neighbours in Ruby, who say ``Report``. It is not inherited,
    for a parent and a child are two tables.
    """
    return model.__dict__.get(ATTRIBUTE) or model._meta.label


def model_of(name: str) -> type[Model]:
    """The model of an installed app that has this name.

    Raises:
        LookupError: there is none, or there are several.
    """
    own = [model for model in apps.get_models() if model.__dict__.get(ATTRIBUTE) == name]
    if len(own) > 1:
        labels = ", ".join(model._meta.label for model in own)
        raise LookupError(f"{name}: several models have this {ATTRIBUTE}: {labels}.")
    return own[0] if own else _model_by_label(name)


def _model_by_label(name: str) -> type[Model]:
    label, _, model_name = name.partition(".")
    try:
        return apps.get_model(label, model_name, require_ready=False)
    except (LookupError, ValueError) as error:
        raise LookupError(
            f"{name}: no installed app has a model of this name. Was it renamed, or is its app "
            f"missing from INSTALLED_APPS? A model may keep a name with {ATTRIBUTE} = {name!r}."
        ) from error
