from __future__ import annotations

import json

import pytest

from django_activejob.adapters.redis.wire import processes
from django_activejob.contracts import ProcessRecord
from tests.unit.adapters.redis.furniture import NOW
from tests.wire import recordings

US = ProcessRecord(id="0f-ee00112233445566", kind="worker", hostname="büro", pid=4711)
INFO = processes.info_of(US, started_at=NOW, queues=["high", "low"], concurrency=5, tag="shop")
BEAT = processes.beat_of(
    info=INFO, concurrency=5, busy=2, at=NOW, is_quiet=False, rss=4_096, rtt_us=80
)


def rubys(stack: str, suffix: str) -> dict[str, str]:
    """A hash that a recorded process wrote with its beat, by the end of its key."""
    keys = recordings.recording(stack, "progress-busy.json")["keys"]
    [found] = [
        key["value"]
        for name, key in keys.items()
        if name.startswith("vm:") and name.count(":") == 2 + suffix.count(":")
    ]
    return {name: value["raw"] for name, value in found.items()}


class TestProcesses:
    def test_they_are_called_as_sidekiq_calls_its_own(self) -> None:
        assert processes.identity_of(US) == "büro:4711:0fee00112233"

    @pytest.mark.parametrize("stack", recordings.STACKS)
    def test_a_beat_has_every_field_that_ruby_writes(self, stack: str) -> None:
        theirs = rubys(stack, "")

        assert set(theirs) <= set(BEAT)
        for name in set(theirs) - {"info"}:
            assert type(json.loads(theirs[name])) is type(json.loads(BEAT[name])), name

    @pytest.mark.parametrize("stack", recordings.STACKS)
    def test_the_info_has_every_fact_that_ruby_tells(self, stack: str) -> None:
        theirs, ours = json.loads(rubys(stack, "")["info"]), json.loads(INFO)

        assert set(theirs) <= set(ours)
        for name in theirs:
            assert type(theirs[name]) is type(ours[name]), name

    @pytest.mark.parametrize("stack", recordings.STACKS)
    def test_a_job_in_progress_is_written_as_ruby_writes_it(self, stack: str) -> None:
        for theirs in map(json.loads, rubys(stack, ":work").values()):
            ours = processes.work_of(
                theirs["payload"].encode(), queue=theirs["queue"], run_at=theirs["run_at"] + 0.9
            )

            assert json.loads(ours) == theirs

    def test_the_web_ui_can_quiet_and_stop(self) -> None:
        assert (processes.COMMANDS["TSTP"], processes.COMMANDS["TERM"]) == ("quiet", "stop")
