"""Arguments as real Rails wrote them, read and written again."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from django_activejob.errors import DeserializationError
from django_activejob.globalid import GlobalID
from django_activejob.serialization import Symbol, deserialize_arguments, serialize_arguments
from tests.shop.models import Voucher
from tests.wire import recordings
from tests.wire.ruby import as_python_sees, as_ruby_saw

# Python has no year before 1, and a class of Ruby's 6.4 stack was recorded without its name.
UNREADABLE: Final = (
    '{"_aj_serialized": "ActiveJob::Serializers::DateSerializer", "value": "-0001-01-01"}',
    '{"_aj_serialized": "ActiveJob::Serializers::ModuleSerializer", "value": null}',
)

DECIMALS: Final = {
    "0.11e1": "1.1",
    "-0.123456789000000001e9": "-123456789.000000001",
    "0.1e-9": "1E-10",
}


def one_of_each(found: Any) -> list[Any]:
    """The first recording of each list of arguments."""
    cases = {json.dumps(case[1]["arguments"]): case for case in found}
    return [pytest.param(*case, id=f"{case[0]} {text[:60]}") for text, case in cases.items()]


def readable(arguments: list[Any]) -> list[Any]:
    """The arguments but for those that Python cannot hold."""
    return [value for value in arguments if json.dumps(value) not in UNREADABLE]


def in_our_words(arguments: list[Any]) -> str:
    """The text that we are to write: Ruby's, with the three differences that are meant.

    A DateTime is a Time, a second has six digits, and a decimal is written as Python writes it.
    """
    text = json.dumps(arguments)
    text = text.replace("::DateTimeSerializer", "::TimeSerializer")
    text = re.sub(r"(T\d\d:\d\d:\d\d\.\d{6})\d{3}", r"\g<1>000", text)
    for ruby, ours in DECIMALS.items():
        text = text.replace(f'DecimalSerializer", "value": "{ruby}"', _decimal(ours))
    return text


def _decimal(digits: str) -> str:
    return f'DecimalSerializer", "value": "{digits}"'


def in_every_zone_named(arguments: list[Any]) -> bool:
    """Rails 6.1 leaves out the zone of a zoned time, which we then write."""
    return all(
        "time_zone" in value
        for value in arguments
        if isinstance(value, dict) and "WithZone" in value.get("_aj_serialized", "")
    )


def what_ruby_saw(received: Any, arguments: list[Any]) -> list[Any]:
    """What the job wrote down, but for what Python cannot hold."""
    seen = [*received["args"], *([received["kwargs"]] if received["kwargs"]["pairs"] else [])]
    return [
        value
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

    @pytest.mark.parametrize(
        ("where", "payload"),
        [
            case
            for case in one_of_each(recordings.payloads())
            if in_every_zone_named(case.values[1]["arguments"])
            and "Person/404" not in json.dumps(case.values[1])
        ],
    )
    def test_they_are_written_again_as_they_were(self, where: str, payload: Any) -> None:
        arguments = readable(payload["arguments"])

        positional, keywords = deserialize_arguments(arguments)

        assert json.dumps(serialize_arguments(positional, keywords)) == in_our_words(arguments)

    @pytest.mark.parametrize(
        ("where", "payload", "received"),
        [
            case
            for case in one_of_each(recordings.cases())
            if in_every_zone_named(case.values[1]["arguments"]) and "args" in case.values[2]
        ],
    )
    def test_they_are_read_as_ruby_reads_them(
        self, where: str, payload: Any, received: Any
    ) -> None:
        arguments = payload["arguments"]

        positional, keywords = deserialize_arguments(readable(arguments))

        named = {Symbol(name): value for name, value in keywords.items()}
        seen = as_ruby_saw(positional + ([named] if named else []))
        assert seen == as_python_sees(what_ruby_saw(received, arguments))

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
