"""Arguments as real Rails wrote them, read and written again."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from django_activejob.errors import DeserializationError, RecordNotFound
from django_activejob.globalid import GlobalID
from django_activejob.serialization import Symbol, deserialize_arguments, serialize_arguments
from tests.shop.models import Voucher
from tests.wire import recordings
from tests.wire.normalization import lacks_its_zone, normalized
from tests.wire.ruby import as_python_sees, as_ruby_saw, in_the_current_zone

# Python has no year before 1, and a class of Ruby's 6.4 stack was recorded without its name.
UNREADABLE: Final = (
    '{"_aj_serialized": "ActiveJob::Serializers::DateSerializer", "value": "-0001-01-01"}',
    '{"_aj_serialized": "ActiveJob::Serializers::ModuleSerializer", "value": null}',
)

GONE: Final = "gid://testproject/Person/404"


def each(found: Any) -> list[Any]:
    """The recordings as cases of a test."""
    return [pytest.param(*case, id=f"{case[0]} {case[1]['arguments']}"[:80]) for case in found]


def readable(arguments: list[Any]) -> list[Any]:
    """The arguments but for those that Python cannot hold."""
    return [value for value in arguments if json.dumps(value) not in UNREADABLE]


def what_ruby_saw(received: Any, arguments: list[Any]) -> list[Any]:
    """What the job wrote down, but for what Python cannot hold."""
    seen = [*received["args"], *([received["kwargs"]] if received["kwargs"]["pairs"] else [])]
    return [
        in_the_current_zone(value) if lacks_its_zone(raw) else value
        for value, raw in zip(seen, arguments, strict=True)
        if json.dumps(raw) not in UNREADABLE
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("rubys_types")
class TestRecordedArguments:
    @pytest.fixture(autouse=True)
    def people(self) -> None:
        Voucher.objects.bulk_create(Voucher(code=str(number)) for number in range(10))
        Voucher.objects.create(code="a/b c?d=é")

    @pytest.mark.line("AJ-019", "AJ-021", "AJ-043", "AJ-045", "AJ-046", "AJ-051")
    @pytest.mark.parametrize(
        ("where", "payload"),
        [case for case in each(recordings.payloads()) if GONE not in json.dumps(case.values[1])],
    )
    def test_they_are_written_again_as_they_were(self, where: str, payload: Any) -> None:
        arguments = readable(payload["arguments"])

        positional, keywords = deserialize_arguments(arguments)

        written = serialize_arguments(positional, keywords)
        assert json.dumps(written) == json.dumps(normalized(arguments))

    @pytest.mark.line("AJ-020", "AJ-052", "AJ-053", "AJ-055", "AJ-059", "AJ-068")
    @pytest.mark.parametrize(
        ("where", "payload", "received"),
        [case for case in each(recordings.cases()) if "args" in case.values[2]],
    )
    def test_they_are_read_as_ruby_reads_them(
        self, where: str, payload: Any, received: Any
    ) -> None:
        arguments = payload["arguments"]

        positional, keywords = deserialize_arguments(readable(arguments))

        named = {Symbol(name): value for name, value in keywords.items()}
        seen = as_ruby_saw(positional + ([named] if named else []))
        assert seen == as_python_sees(what_ruby_saw(received, arguments))

    @pytest.mark.line("AJ-061")
    def test_a_person_who_was_gone_is_gone_here_too(self) -> None:
        gone = [payload for _, payload in recordings.payloads() if GONE in json.dumps(payload)]

        assert gone
        for payload in gone:
            with pytest.raises(RecordNotFound, match=f"{GONE} is gone from its table"):
                deserialize_arguments(payload["arguments"])

    @pytest.mark.parametrize("text", UNREADABLE)
    def test_what_python_cannot_hold_is_an_error(self, text: str) -> None:
        with pytest.raises(DeserializationError):
            deserialize_arguments([json.loads(text)])


class TestRecordedGlobalIDs:
    @pytest.mark.parametrize(
        "text",
        sorted(
            {
                text
                for _, payload in recordings.payloads()
                for text in re.findall(r'"(gid://[^"]*)"', json.dumps(payload))
            }
        ),
    )
    def test_they_are_written_again_as_they_were(self, text: str) -> None:
        assert str(GlobalID.parse(text)) == text
