from __future__ import annotations

import json

import pytest

from django_activejob.adapters.database import routing
from django_activejob.contracts import Envelope
from django_activejob.testing.contracts.furniture import payload


class TestWritten:
    def test_defaults_are_not_written(self) -> None:
        assert routing.written(Envelope(payload=payload(), queue_name="default")) == ""

    def test_only_what_differs_is_written(self) -> None:
        sent = Envelope(payload=payload(), queue_name="default", on_crash="fail", keep_result=True)
        assert json.loads(routing.written(sent)) == {"on_crash": "fail", "keep_result": True}


class TestRead:
    def test_nothing_is_nothing(self) -> None:
        assert routing.read("") == {}

    @pytest.mark.line("RQ-246")
    def test_facts_of_a_newer_version_are_left_alone(self) -> None:
        assert routing.read('{"batch_id": "b", "color": "red"}') == {"batch_id": "b"}
