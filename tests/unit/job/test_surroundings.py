from __future__ import annotations

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone as django_timezone
from django.utils import translation

from django_activejob import ActiveJob
from django_activejob.adapters.test import TestAdapter
from django_activejob.job.execution import execute
from django_activejob.job.packing import pack
from django_activejob.job.surroundings import name_of
from tests.jobs.hello import HelloJob


class TestNameOf:
    @pytest.mark.parametrize(
        ("zone", "name"),
        [
            (ZoneInfo("Europe/Berlin"), "Europe/Berlin"),
            (ZoneInfo("UTC"), "UTC"),
            (timezone.utc, "UTC"),  # noqa: UP017 - the object itself is meant
            (timezone(timedelta(hours=2)), "Etc/GMT-2"),
            (timezone(timedelta(hours=-5)), "Etc/GMT+5"),
            (timezone(timedelta(hours=5, minutes=30)), "UTC"),  # has none: the project's own
        ],
    )
    def test_every_zone_has_a_name_that_can_be_found_again(self, zone: timezone, name: str) -> None:
        assert name_of(zone) == name
        assert ZoneInfo(name)


class TestTakeOff:
    def test_what_a_job_changes_does_not_reach_the_next_one(self, queue: TestAdapter) -> None:
        class CarelessJob(ActiveJob):
            def perform(self) -> None:
                translation.activate("fr")
                django_timezone.activate("Asia/Tokyo")

        execute(pack(CarelessJob()), adapter=queue)
        assert translation.get_language() == "en"
        assert django_timezone.get_current_timezone_name() == "UTC"

    def test_where_translation_was_switched_off_it_is_off_again(self, queue: TestAdapter) -> None:
        envelope = pack(HelloJob())
        with translation.override(None):
            execute(envelope, adapter=queue)
            assert translation.get_language() is None
