"""`manage.py checkjobs`: the gate for deploys."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from django_activejob import ActiveJob, handler
from django_activejob.adapters.database.models import Job
from django_activejob.job.packing import pack

pytestmark = pytest.mark.django_db(transaction=True)


class LetterJob(ActiveJob):
    def perform(self, number: int, *, stamp: str = "") -> None:
        pass


def enqueue(**changes: Any) -> None:
    envelope = pack(LetterJob(1, stamp="blue"))
    payload: Any = {**envelope.payload, **changes}
    handler.adapter("database").enqueue(replace(envelope, payload=payload))


def check(*arguments: str) -> str:
    output = StringIO()
    call_command("checkjobs", "--adapter", "database", *arguments, stdout=output)
    return output.getvalue()


class TestCheckJobs:
    def test_all_is_well_when_every_job_can_be_run(self) -> None:
        enqueue()
        assert check() == "This code can run what is queued.\n"

    def test_unknown_classes_are_counted(self) -> None:
        enqueue(job_class="shop.GoneJob")
        enqueue(job_class="shop.GoneJob")
        with pytest.raises(CommandError) as caught:
            check()
        assert caught.value.returncode == 1
        assert str(caught.value) == (
            "shop.GoneJob: no job class of this name is registered. (2 jobs)"
        )

    @pytest.mark.parametrize(
        "arguments", [[], [1, 2], [1, {"colour": "red", "_aj_ruby2_keywords": ["colour"]}]]
    )
    def test_arguments_that_perform_does_not_take_are_found(self, arguments: list[Any]) -> None:
        enqueue(arguments=arguments)
        with pytest.raises(CommandError, match=r"does not take these arguments.*\(1 job\)"):
            check()

    def test_a_payload_that_cannot_be_read_is_found(self) -> None:
        enqueue()
        Job.objects.update(payload="{")
        with pytest.raises(CommandError, match="its payload cannot be read"):
            check()

    def test_queues_have_limits(self) -> None:
        enqueue()
        enqueue()
        assert check("--max-size", "2", "--max-latency", "1000")
        with pytest.raises(CommandError, match="'default': 2 jobs are ready, over 1") as caught:
            check("--max-size", "1")
        assert caught.value.returncode == 3
        with pytest.raises(CommandError, match="its oldest job has waited"):
            check("--max-latency", "-1")

    def test_other_programs_read_json(self) -> None:
        enqueue()
        assert json.loads(check("--json")) == {"unrunnable": [], "queues": []}
