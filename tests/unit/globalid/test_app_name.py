from __future__ import annotations

import pytest
from pytest_django import Settings

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid.app_name import app_name


class TestAppName:
    @pytest.mark.line("GID-163", "GID-165")
    def test_it_is_what_the_settings_say(self, settings: Settings) -> None:
        settings.ACTIVE_JOB = {"GLOBAL_ID_APP": "bcx"}

        assert app_name() == "bcx"

    @pytest.mark.line("GID-162")
    def test_otherwise_it_is_the_package_of_the_settings_with_dashes(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ACTIVE_JOB = {}
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "my_shop.settings.production")

        assert app_name() == "my-shop"

    def test_without_a_settings_module_it_is_django(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ACTIVE_JOB = {}
        monkeypatch.delenv("DJANGO_SETTINGS_MODULE")

        assert app_name() == "django"

    @pytest.mark.line("GID-032")
    def test_a_name_that_cannot_stand_in_an_id_is_refused(self, settings: Settings) -> None:
        settings.ACTIVE_JOB = {"GLOBAL_ID_APP": "a:b"}

        with pytest.raises(InvalidGlobalID, match="'a:b' is not an app name"):
            app_name()
