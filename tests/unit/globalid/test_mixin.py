from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from django_activejob.globalid import (
    GlobalID,
    GlobalIDMixin,
    SignedGlobalID,
    to_global_id,
    to_signed_global_id,
)
from django_activejob.serialization import serialize

Made = type[Any]


@pytest.fixture
def note() -> Iterator[Made]:
    """A model with the mixin, which has no table and needs none."""
    with isolate_apps("tests.shop"):

        class Note(GlobalIDMixin, models.Model):
            class Meta:
                app_label = "shop"

            def __str__(self) -> str:
                return "a note"

        yield Note


@pytest.fixture
def letter(note: Made) -> Iterator[Made]:
    """One that says itself how it is named."""
    with isolate_apps("tests.shop"):

        class Letter(note):  # type: ignore[misc]
            class Meta:
                app_label = "shop"
                proxy = True

            def to_global_id(self, **params: Any) -> GlobalID:
                return super().to_global_id(**{"app": "post", **params})

        yield Letter


class TestNaming:
    @pytest.mark.line("GID-057", "GID-058")
    def test_the_methods_say_what_the_functions_say(self, note: Made) -> None:
        instance = note(pk=5)

        assert str(instance.to_global_id()) == "gid://shop/shop.Note/5"
        assert instance.to_gid() == to_global_id(instance)
        assert instance.to_gid(app="bcx", db=1) == to_global_id(instance, app="bcx", db=1)
        assert instance.to_gid_param() == to_global_id(instance).to_param()

    @pytest.mark.line("GID-061", "GID-062", "GID-063")
    def test_the_signed_ones_too(self, note: Made) -> None:
        instance = note(pk=5)
        options = {"purpose": "login", "expires_at": None, "db": 1}
        expected = to_signed_global_id(instance, **options)  # type: ignore[arg-type]

        assert instance.to_signed_global_id(**options) == expected
        assert instance.to_sgid(**options) == expected
        assert instance.to_sgid_param(**options) == str(expected)

    @pytest.mark.line("GID-060")
    def test_the_short_forms_follow_an_own_to_global_id(self, letter: Made) -> None:
        instance = letter(pk=5)
        post = GlobalID.parse("gid://post/shop.Letter/5")

        assert instance.to_gid() == post
        assert GlobalID.from_param(instance.to_gid_param()) == post
        assert instance.to_sgid() == SignedGlobalID(global_id=post)
        assert instance.to_gid(app="bcx").app == "bcx"

    @pytest.mark.line("GID-060")
    def test_jobs_follow_an_own_to_global_id_too(self, letter: Made) -> None:
        assert serialize(letter(pk=5)) == {"_aj_globalid": "gid://post/shop.Letter/5"}
