from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from django_activejob import ActiveJob, checks, limits_concurrency, unique_for
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Limit, Unique
from django_activejob.errors import ConfigurationError
from django_activejob.job import capabilities
from django_activejob.job.context import ClaimedRun
from django_activejob.job.packing import pack, unpack
from tests.shop.factories import OrderFactory


class PlainJob(ActiveJob):
    def perform(self, account: Any = None, *, region: str = "") -> None:
        pass


Decorator = Callable[[type[PlainJob]], type[PlainJob]]


def decorated(decorator: Decorator) -> type[PlainJob]:
    """The same class each time, for the registry; with this decorator alone."""
    PlainJob.limit_for = PlainJob.unique_lock_for = None
    return decorator(PlainJob)


@pytest.fixture(autouse=True)
def plain_again(queue: TestAdapter) -> Any:
    yield
    PlainJob.limit_for = PlainJob.unique_lock_for = None


def key_of(value: Any, *arguments: Any, **keywords: Any) -> str | None:
    job_class = decorated(limits_concurrency(key=value))
    limit = pack(job_class(*arguments, **keywords)).limit
    return limit.key if limit else None


PREFIX = "tests.unit.test_limits.PlainJob"


class TestLimit:
    def test_it_travels_in_the_envelope(self) -> None:
        decorator = limits_concurrency(
            key="all", to=3, duration=timedelta(minutes=1), group="shop", on_conflict="discard"
        )
        limit = pack(decorated(decorator)()).limit
        assert limit == Limit(key="shop/all", to=3, duration=60.0, on_conflict="discard")

    def test_one_for_three_minutes_is_the_default(self) -> None:
        limit = pack(decorated(limits_concurrency(key="all"))()).limit
        assert limit == Limit(key=f"{PREFIX}/all", to=1, duration=180.0, on_conflict="block")

    def test_without_the_decorator_there_is_none(self) -> None:
        assert pack(PlainJob()).limit is None

    def test_a_subclass_inherits_it_under_its_own_name(self) -> None:
        parent = decorated(limits_concurrency(key="all"))
        child = type("ChildJob", (parent,), {"__module__": __name__})
        limit = pack(child()).limit
        assert limit is not None
        assert limit.key == "tests.unit.test_limits.ChildJob/all"

    @pytest.mark.line("RQ-140")
    def test_a_retry_keeps_its_key_whatever_is_declared_now(self, queue: TestAdapter) -> None:
        envelope = pack(decorated(limits_concurrency(key="old"))())
        decorated(limits_concurrency(key="new"))
        job = unpack(envelope.payload)
        job._run = ClaimedRun(envelope=envelope, adapter=queue)
        assert pack(job).limit == envelope.limit


class TestKeys:
    def test_a_callable_is_given_what_perform_is_given(self) -> None:
        assert key_of(lambda account, region: (account, region), 7, region="eu") == f"{PREFIX}/7/eu"

    @pytest.mark.django_db
    def test_a_model_instance_stands_for_its_global_id(self) -> None:
        order = OrderFactory()
        key = key_of(lambda account: account, order)
        assert key is not None
        assert key.startswith(f"{PREFIX}/gid://")
        assert key.endswith(f"/{order.pk}")

    @pytest.mark.line("RQ-138")
    @pytest.mark.parametrize("nothing", [None, "", ()])
    def test_nothing_means_no_limit(self, nothing: Any) -> None:
        assert key_of(lambda: nothing) is None

    @pytest.mark.line("RQ-138")
    def test_what_the_callable_raises_fails_the_enqueue(self, queue: TestAdapter) -> None:
        job_class = decorated(limits_concurrency(key=lambda account: account["id"]))
        with pytest.raises(KeyError, match="id"):
            job_class.perform_later({})
        assert queue.enqueued == []

    @pytest.mark.line("RQ-138")
    @pytest.mark.parametrize("text", ["x" * 300, "a\0b", "\ud800"], ids=["long", "NUL", "half"])
    def test_what_does_not_fit_is_digested(self, text: str) -> None:
        key = key_of(lambda: text)
        assert key is not None
        assert len(key) <= 255
        assert key.isprintable()
        assert key == key_of(lambda: text)
        assert key != key_of(lambda: text + "x")

    @pytest.mark.parametrize("value", [7, uuid.UUID(int=7), True, timedelta(1).days])
    def test_plain_values_are_written_as_text(self, value: Any) -> None:
        assert key_of(lambda: value) == f"{PREFIX}/{value}"

    def test_anything_else_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match=r"its key is <object .*a object makes no key"):
            key_of(lambda: object())

    def test_the_key_of_a_stored_job_is_found_in_its_arguments(self) -> None:
        job_class = decorated(limits_concurrency(key=lambda account: account))
        stored = unpack(job_class(7).serialize())
        limit = pack(stored).limit
        assert limit is not None
        assert limit.key == f"{PREFIX}/7"


class TestUnique:
    def test_it_travels_in_the_envelope(self) -> None:
        decorator = unique_for(timedelta(hours=1), key="one", until="start")
        unique = pack(decorated(decorator)()).unique
        assert unique == Unique(key=f"{PREFIX}/one", seconds=3600.0, until="start")

    def test_without_a_key_equal_arguments_are_the_same(self) -> None:
        job_class = decorated(unique_for(60))
        keys = [_unique_key(job) for job in (job_class(1), job_class(1), job_class(2))]
        assert keys[0] == keys[1] != keys[2]

    def test_the_order_of_the_keywords_does_not_matter(self) -> None:
        job_class = decorated(unique_for(60))
        first = job_class(account={"a": 1, "b": 2}, region="eu")
        second = job_class(region="eu", account={"b": 2, "a": 1})
        assert _unique_key(first) == _unique_key(second)

    def test_a_stored_job_has_the_same_key(self) -> None:
        job = decorated(unique_for(60))(1)
        assert _unique_key(unpack(job.serialize())) == _unique_key(job)

    def test_until_the_end_is_the_default(self) -> None:
        unique = pack(decorated(unique_for(60))()).unique
        assert unique is not None
        assert unique.until == "finish"

    @pytest.mark.line("RQ-138")
    def test_an_empty_key_means_not_unique(self) -> None:
        assert pack(decorated(unique_for(60, key=lambda: None))()).unique is None


def _unique_key(job: ActiveJob) -> str:
    unique = pack(job).unique
    assert unique is not None
    return unique.key


class TestArguments:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"key": ""}, "@limits_concurrency: key is ''; it has to be a name or a callable."),
            ({"key": 7}, "key is 7"),
            ({"key": "k", "to": 0}, "to is 0; it has to be a whole number from 1"),
            ({"key": "k", "to": True}, "to is True"),
            ({"key": "k", "duration": -1}, "duration is -1; it has to be a number of seconds"),
            ({"key": "k", "duration": float("nan")}, "duration is nan"),
            ({"key": "k", "group": 3}, "group is 3"),
            ({"key": "k", "on_conflict": "drop"}, "on_conflict is 'drop'; it has to be \"block\""),
        ],
    )
    def test_a_limit_that_makes_no_sense_is_refused(
        self, given: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(ConfigurationError) as raised:
            limits_concurrency(**given)
        assert words in str(raised.value)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"seconds": 0}, "@unique_for: seconds is 0; it has to be a number of seconds"),
            ({"seconds": "60"}, "seconds is '60'"),
            ({"seconds": 60, "key": 7}, "key is 7; it has to be a name, a callable or None"),
            ({"seconds": 60, "until": "end"}, 'until is \'end\'; it has to be "start", "finish"'),
        ],
    )
    def test_a_lock_that_makes_no_sense_is_refused(self, given: dict[str, Any], words: str) -> None:
        with pytest.raises(ConfigurationError) as raised:
            unique_for(**given)
        assert words in str(raised.value)


class TestAdaptersWithoutThem:
    @pytest.fixture(autouse=True)
    def nothing_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(capabilities, "_told", set())

    def test_a_warning_is_logged_once_and_the_job_is_enqueued(
        self, inline: InlineAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        job_class = decorated(limits_concurrency(key="all"))
        with caplog.at_level(logging.WARNING, logger="django_activejob.job.capabilities"):
            assert job_class.perform_later()
            assert job_class.perform_later()
        (message,) = [r.getMessage() for r in caplog.records if "capabilities" in r.name]
        assert message.startswith(
            f"{PREFIX}: @limits_concurrency has no effect, because the Inline"
        )

    def test_a_system_check_warns_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        job_class = decorated(unique_for(60))
        monkeypatch.setattr(job_class, "queue_adapter", InlineAdapter())
        found = [m for m in checks.check_job_classes(None) if m.msg.startswith(f"{PREFIX}:")]
        assert [message.id for message in found] == ["activejob.W003"]
        assert "@unique_for has no effect with the Inline adapter" in found[0].msg

    def test_nothing_is_said_where_they_are_kept(
        self, queue: TestAdapter, caplog: pytest.LogCaptureFixture
    ) -> None:
        decorated(limits_concurrency(key="all")).perform_later()
        assert len(queue.enqueued) == 1
        assert [r for r in caplog.records if "capabilities" in r.name] == []
