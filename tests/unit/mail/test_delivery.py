from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from asgiref.sync import async_to_sync
from django.core import mail

from django_activejob import throttle
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import Outcome
from django_activejob.errors import DeserializationError, RecordNotFound
from django_activejob.mail import (
    MailDeliveryJob,
    Mailer,
    action,
    adeliver_all_later,
    deliver_all_later,
    registry,
    rescue_from,
    send_mail_later,
)
from tests.jobs import buffer
from tests.shop.models import Person
from tests.unit.conftest import Clock
from tests.unit.mail.furniture import (
    InvitingMailer,
    QueuedDeliveryJob,
    SlowDeliveryJob,
    SlowMailer,
    WelcomeMailer,
    keywords_of,
    perform_all,
)

WELCOME = registry.name_of(WelcomeMailer)


class PersonMailer(Mailer):
    default_options: ClassVar[Any] = {"to": "a@example.com", "subject": "S"}

    @action
    def greet(self, person: Person) -> None:
        self.mail(body=f"Hello {person.name}!")

    @action
    def fail(self, kind: str) -> None:
        raise {"value": ValueError, "lookup": LookupError, "key": KeyError}[kind](kind)

    @rescue_from(KeyError)
    def rescue(self, error: KeyError) -> None:
        buffer.add(f"{type(self).__name__} rescued {error!r}")

    @rescue_from(RecordNotFound)
    def rescue_record(self, error: RecordNotFound) -> None:
        buffer.add((self, str(error)))

    @rescue_from(OSError)
    def rescue_without_the_error(self) -> None:
        buffer.add("rescued")


class RubyMailer(Mailer):
    wire_name = "PersonMailer"

    @action
    def welcome(self, name: str, greeting: str = "Hi") -> None:
        self.mail(to="a@example.com", body=f"{greeting} {name}")

    @action
    def report(self, number: int) -> None:
        self.mail(to="a@example.com", body=f"{self.params['locale']} {number}")


class RenamedMailer(WelcomeMailer):
    aliases = ("shop.OldMailer",)


class PlainQueueMailer(WelcomeMailer):
    deliver_later_queue_name = None


class OwnQueueMailer(WelcomeMailer):
    delivery_job = QueuedDeliveryJob
    deliver_later_queue_name = "ignored"


class DottedMailer(WelcomeMailer):
    delivery_job = f"{SlowDeliveryJob.__module__}.SlowDeliveryJob"


class TestDeliverLater:
    @pytest.mark.line("AM-007", "AM-025")
    def test_the_job_carries_mailer_action_and_arguments(self, queue: TestAdapter) -> None:
        WelcomeMailer.hello("Ada", greeting="Hi").deliver_later()
        (envelope,) = queue.enqueued
        assert envelope.payload["job_class"] == "django_activejob.MailDeliveryJob"
        assert envelope.payload["arguments"] == [
            WELCOME,
            "hello",
            "deliver_now",
            {
                "args": ["Ada", {"greeting": "Hi", "_aj_ruby2_keywords": ["greeting"]}],
                "_aj_ruby2_keywords": ["args"],
            },
        ]
        perform_all(queue)
        assert mail.outbox[0].body == "Hi Ada!"

    @pytest.mark.line("AM-028")
    def test_the_job_carries_params(self, queue: TestAdapter) -> None:
        InvitingMailer.with_params(sender="david@example.com").invitation().deliver_later()
        assert keywords_of(queue.enqueued[0].payload) == {
            "params": {"sender": "david@example.com", "_aj_symbol_keys": ["sender"]},
            "args": [],
            "_aj_ruby2_keywords": ["params", "args"],
        }
        perform_all(queue)
        assert mail.outbox[0].from_email == "david@example.com"

    @pytest.mark.line("AM-009", "AM-010", "AM-011", "AM-014")
    def test_options_are_those_of_jobs(self, queue: TestAdapter, still: Clock) -> None:
        job = WelcomeMailer.hello().deliver_later(wait=600, queue="another", priority=7)
        until = still.time + timedelta(days=1)
        WelcomeMailer.hello().deliver_later(wait_until=until)
        first, second = queue.enqueued
        assert job
        assert (job.priority, first.priority, first.queue_name) == (7, 7, "another")
        assert first.scheduled_at == still.time + timedelta(minutes=10)
        assert second.scheduled_at == until

    @pytest.mark.line("AM-016")
    def test_a_message_that_was_looked_at_is_refused(self, queue: TestAdapter) -> None:
        delivery = WelcomeMailer.hello()
        _ = delivery.message
        with pytest.raises(RuntimeError, match=r"hello: the message was looked at before"):
            delivery.deliver_later()
        assert queue.enqueued == []

    def test_both_ways_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(WelcomeMailer.hello().adeliver_now)()
        async_to_sync(WelcomeMailer.hello().adeliver_later)(wait=5)
        assert (len(mail.outbox), len(queue.enqueued)) == (1, 1)


class TestQueue:
    @pytest.mark.line("AM-012", "AM-015")
    def test_a_mailer_decides_without_changing_its_parent(self, queue: TestAdapter) -> None:
        SlowMailer.hello().deliver_later()
        WelcomeMailer.hello().deliver_later()
        assert [envelope.queue_name for envelope in queue.enqueued] == ["slow", "mailers"]

    def test_none_means_the_queue_of_jobs_that_name_none(self, queue: TestAdapter) -> None:
        PlainQueueMailer.hello().deliver_later()
        assert queue.enqueued[0].queue_name == "default"

    def test_a_delivery_job_with_a_queue_of_its_own_decides(self, queue: TestAdapter) -> None:
        OwnQueueMailer.hello().deliver_later()
        assert queue.enqueued[0].queue_name == "own"

    def test_the_prefix_is_put_before_it(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "test", "QUEUE_NAME_PREFIX": "shop"}
        assert WelcomeMailer.hello().to_job().queue_name == "shop_mailers"


class TestDeliveryJob:
    @pytest.mark.line("AM-013", "AM-030")
    @pytest.mark.parametrize("mailer", [SlowMailer, DottedMailer, SlowMailer.with_params(a=1)])
    def test_a_mailer_decides_which(self, queue: TestAdapter, mailer: Any) -> None:
        assert isinstance(mailer.hello().deliver_later(), SlowDeliveryJob)

    def test_its_arguments_are_not_logged(self) -> None:
        assert MailDeliveryJob.log_arguments is False


class TestDeliverAllLater:
    @pytest.mark.line("AM-017", "AM-022")
    def test_each_delivery_is_a_job_that_names_its_params(self, queue: TestAdapter) -> None:
        deliver_all_later(
            WelcomeMailer.hello("Ada", greeting="Hi"),
            InvitingMailer.with_params(sender="a@example.com").invitation(),
        )
        first, second = (keywords_of(envelope.payload) for envelope in queue.enqueued)
        assert first["params"] is None
        assert first["args"][1]["greeting"] == "Hi"
        assert second["params"]["sender"] == "a@example.com"
        perform_all(queue)
        assert [sent.from_email for sent in mail.outbox] == ["shop@example.com", "a@example.com"]

    @pytest.mark.line("AM-019")
    def test_a_list_will_do_and_nothing_is_processed(self, queue: TestAdapter) -> None:
        deliveries = [WelcomeMailer.hello(), WelcomeMailer.hello()]
        deliver_all_later(deliveries)
        assert not any(delivery.is_processed for delivery in deliveries)
        assert len(queue.enqueued) == 2

    @pytest.mark.line("AM-020", "AM-021")
    def test_each_mailer_has_its_own_job_and_all_have_the_options(self, queue: TestAdapter) -> None:
        deliver_all_later(WelcomeMailer.hello(), [SlowMailer.hello()], queue="bulk", priority=2)
        names = [envelope.payload["job_class"].rpartition(".")[2] for envelope in queue.enqueued]
        assert names == ["MailDeliveryJob", "SlowDeliveryJob"]
        assert {(e.queue_name, e.priority) for e in queue.enqueued} == {("bulk", 2)}

    def test_nothing_is_fine(self, queue: TestAdapter) -> None:
        deliver_all_later()
        deliver_all_later([])
        assert queue.enqueued == []

    def test_it_may_be_awaited(self, queue: TestAdapter) -> None:
        async_to_sync(adeliver_all_later)(WelcomeMailer.hello())
        assert len(queue.enqueued) == 1


class TestErrors:
    @pytest.mark.line("AM-023")
    def test_a_mailer_rescues_what_it_names_and_no_more(self, queue: TestAdapter) -> None:
        PersonMailer.fail("lookup").deliver_later()  # a superclass of KeyError
        PersonMailer.fail("key").deliver_later()
        first, second = perform_all(queue)
        assert (first.outcome, first.error.class_name) == (Outcome.FAILED, "LookupError")
        assert second.outcome is Outcome.PERFORMED
        assert buffer.lines() == ["PersonMailer rescued KeyError('key')"]

    @pytest.mark.line("AM-024")
    @pytest.mark.django_db
    def test_a_record_that_is_gone_is_rescued_by_the_class(self, queue: TestAdapter) -> None:
        person = Person.objects.create(name="Ada")
        PersonMailer.greet(person).deliver_later()
        person.delete()
        (execution,) = perform_all(queue)
        ((receiver, text),) = buffer.lines()
        assert receiver is PersonMailer
        assert "Error while trying to deserialize arguments" in text
        assert execution.outcome is Outcome.PERFORMED

    def test_a_handler_need_not_take_the_error(
        self, queue: TestAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(registry, "find", _raising(OSError()))
        job = MailDeliveryJob(registry.name_of(PersonMailer), "greet", "deliver_now", args=[])
        monkeypatch.setattr(job, "_mailer_class", lambda error: PersonMailer)
        job.handle_with_the_mailer(OSError())
        assert buffer.lines() == ["rescued"]

    @pytest.mark.parametrize("arguments", [[], [7], ["shop.LostMailer", "x", "deliver_now"]])
    def test_a_payload_without_a_mailer_fails_with_its_own_error(
        self, queue: TestAdapter, arguments: list[Any]
    ) -> None:
        job = MailDeliveryJob(*arguments, args=[])
        with pytest.raises((TypeError, DeserializationError)) as raised:
            job._perform_now()
        assert "KeyError" not in repr(raised.value)


class TestRetries:
    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], None]:
        def break_with(error: Exception) -> None:
            monkeypatch.setattr("django_activejob.mail.routing.send", _raising(error))

        return break_with

    def test_a_temporary_failure_is_tried_again_for_hours(
        self, queue: TestAdapter, broken: Any, still: Clock
    ) -> None:
        broken(smtplib.SMTPDataError(451, b"later"))
        WelcomeMailer.hello().deliver_later()
        envelope, waited, tries = queue.enqueued.pop(), timedelta(), 0
        while envelope is not None:
            queue.enqueued.append(envelope)
            (execution,) = perform_all(queue)
            envelope, tries = execution.retry, tries + 1
            waited += envelope.scheduled_at - still.time if envelope else timedelta()
        assert tries == 10
        assert waited > timedelta(hours=4)
        assert execution.outcome is Outcome.FAILED
        assert "later" in execution.error.message

    def test_a_permanent_one_fails_with_the_words_of_the_server(
        self, queue: TestAdapter, broken: Any
    ) -> None:
        broken(smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such user")}))
        WelcomeMailer.hello().deliver_later()
        (execution,) = perform_all(queue)
        assert execution.outcome is Outcome.FAILED
        assert "no such user" in execution.error.message

    def test_every_try_has_the_same_message_id(self, queue: TestAdapter) -> None:
        job = WelcomeMailer.hello().deliver_later()
        envelope = queue.enqueued[0]
        queue.enqueued.append(envelope)
        perform_all(queue)
        assert job
        ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
        assert ids == [f"<{job.job_id}@example.com>"] * 2

    def test_deliveries_outside_of_jobs_have_ids_of_their_own(self) -> None:
        WelcomeMailer.hello().deliver_now()
        WelcomeMailer.hello().deliver_now()
        assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


class TestPayloads:
    @pytest.mark.parametrize(
        ("action_name", "method"),
        [("lost", "deliver_now"), ("__init__", "deliver_now"), ("hello", "deliver_never")],
    )
    def test_only_actions_can_be_named(self, action_name: str, method: str) -> None:
        with pytest.raises(DeserializationError, match="Was the action renamed or removed"):
            MailDeliveryJob.perform_now(WELCOME, action_name, method, args=[])

    def test_a_mailer_that_is_not_here_is_named(self) -> None:
        with pytest.raises(DeserializationError, match=r"shop\.LostMailer: no mailer of this name"):
            MailDeliveryJob.perform_now("shop.LostMailer", "hello", "deliver_now", args=[])

    def test_a_renamed_mailer_is_found_by_its_old_name(self) -> None:
        MailDeliveryJob.perform_now("shop.OldMailer", "hello", "deliver_now", args=["you"])
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ["PersonMailer", "welcome", "deliver_now!", {"args": ["Ada"]}],
            ["PersonMailer", "welcome", "deliver_now", {"args": ["Ada"], "kwargs": {}}],
            ["PersonMailer", "report", "deliver_now", {"args": [7], "params": {"locale": "fr"}}],
        ],
    )
    def test_jobs_of_rails_are_delivered_by_a_mailer_of_that_name(
        self, arguments: list[Any]
    ) -> None:
        MailDeliveryJob.perform_now(*arguments[:3], **arguments[3])
        assert mail.outbox[0].body in ("Hi Ada", "fr 7")


def _raising(error: Exception) -> Any:
    def fail(*args: Any, **options: Any) -> Any:
        raise error

    return fail


class TestTheDeliveryJobOfTheSettings:
    def test_it_delivers_for_all_who_name_none(self, settings: Any, queue: TestAdapter) -> None:
        path = "tests.unit.mail.furniture.QueuedDeliveryJob"
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_DELIVERY_JOB": path}
        assert type(WelcomeMailer.hello().to_job()) is QueuedDeliveryJob
        assert type(SlowMailer.hello().to_job()) is SlowDeliveryJob
        job = send_mail_later("S", "B", None, ["a@example.com"])
        assert type(job) is QueuedDeliveryJob


@throttle(to=100, per=60, key=lambda mailer, action, method, **_: mailer)
class EvenDeliveryJob(MailDeliveryJob):
    pass


class EvenMailer(WelcomeMailer):
    delivery_job = EvenDeliveryJob


class OtherEvenMailer(WelcomeMailer):
    delivery_job = EvenDeliveryJob


class TestThrottles:
    def test_each_mailer_may_have_one_of_its_own(self, queue: TestAdapter) -> None:
        for mailer in (EvenMailer, EvenMailer, OtherEvenMailer):
            mailer.with_params(who="Ada").hello("Ada").deliver_later()
        throttles = [envelope.throttle for envelope in queue.enqueued]
        keys = [throttle.key.rpartition(".")[2] for throttle in throttles if throttle]
        assert keys == ["EvenMailer", "EvenMailer", "OtherEvenMailer"]
