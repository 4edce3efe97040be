"""Jobs as real Rails wrote them, enqueued again before anybody has read their arguments."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.jobs.hello import HelloJob
from tests.wire import recordings


def as_ruby_writes(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return re.sub(r",(\d+)(e[+-]\d+)", r",\1.0\2", text)  # Ruby's 1.0e+20 is Python's 1e+20


class TestPassingThrough:
    @pytest.mark.parametrize(
        ("where", "text", "payload"),
        [
            pytest.param(*case, id=f"{case[0]} {case[2]['arguments']}"[:80])
            for case in recordings.texts()
        ],
    )
    def test_the_arguments_are_written_again_byte_for_byte(
        self, where: str, text: str, payload: Any
    ) -> None:
        job = HelloJob()

        job.deserialize(payload)

        assert f'"arguments":{as_ruby_writes(job.serialize()["arguments"])}' in text
