from __future__ import annotations

import pytest
from pytest_django import Settings

from django_activejob.errors import ConfigurationError
from django_activejob.globalid.lifetime import BY_DEFAULT, end_of_life


class TestLifetime:
    @pytest.mark.parametrize("value", [0, -1, "3600", True])
    def test_a_setting_that_is_no_length_is_refused(
        self, value: object, settings: Settings
    ) -> None:
        settings.ACTIVE_JOB = {"GLOBAL_ID_EXPIRES_IN": value}

        with pytest.raises(ConfigurationError, match=r"GLOBAL_ID_EXPIRES_IN.* a number of seconds"):
            end_of_life(expires_in=BY_DEFAULT, expires_at=BY_DEFAULT)
