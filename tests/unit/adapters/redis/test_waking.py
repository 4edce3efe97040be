"""What ends the waiting of an idle worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from django_activejob.adapters.redis import RedisAdapter, source
from django_activejob.contracts import Claim
from django_activejob.testing.contracts.furniture import Worker, arguments, envelope
from tests.redis import client, fresh_adapter
from tests.waiting import until

pytestmark = pytest.mark.needs("redis")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisAdapter]:
    """An adapter whose workers would not look again for a minute."""
    monkeypatch.setattr(source, "LONGEST_WAIT", 60.0)
    with fresh_adapter(polling_interval=60.0) as adapter:
        yield adapter


@pytest.fixture
def waiting(patient: RedisAdapter) -> Iterator[Callable[[], list[Claim]]]:
    """A worker that waits for jobs; gives what it has found."""
    worker, found = Worker(patient), list[Claim]()
    thread = threading.Thread(target=lambda: found.extend(worker.source.claim(["*"], limit=5)))
    thread.start()
    until(lambda: _listeners(patient) == 1)
    yield lambda: found
    worker.source.wake()
    thread.join(60)
    assert not thread.is_alive()


class TestWaking:
    def test_a_job_of_ours_ends_the_waiting(
        self, patient: RedisAdapter, waiting: Callable[[], list[Claim]]
    ) -> None:
        patient.enqueue(envelope("new"))
        assert arguments(until(waiting)) == ["new"]

    def test_a_queue_that_is_resumed_ends_the_waiting(
        self, patient: RedisAdapter, waiting: Callable[[], list[Claim]]
    ) -> None:
        patient.inspector().pause("default")
        patient.enqueue(envelope("held"))
        patient.inspector().resume("default")
        assert arguments(until(waiting)) == ["held"]

    def test_who_has_enough_to_do_listens_no_more(
        self, patient: RedisAdapter, waiting: Callable[[], list[Claim]]
    ) -> None:
        patient.enqueue(envelope("new"))
        until(waiting)
        until(lambda: _listeners(patient) == 0)

    def test_word_is_sent_only_when_the_queue_was_empty(self, patient: RedisAdapter) -> None:
        with client() as server:
            line = server.pubsub(ignore_subscribe_messages=True)
            line.subscribe(patient._store.keys.wake)
            until(lambda: _listeners(patient) == 1)
            patient.enqueue_all([envelope(number) for number in range(10)])
            patient.enqueue(envelope("one more"))
            heard = [until(lambda: line.get_message(timeout=0.01))]
            patient.enqueue(envelope("elsewhere", queue_name="other"))
            heard.append(until(lambda: line.get_message(timeout=0.01)))
            line.close()
        assert [each["data"] for each in heard if each] == [b"default", b"other"]

    def test_what_ruby_has_pushed_is_found_without_word(self) -> None:
        with fresh_adapter() as adapter:
            worker = Worker(adapter)
            text = b'{"class":"Raw","args":[],"jid":"a1","queue":"default","retry":0}'
            keys = adapter._store.keys
            with client() as server:
                server.sadd(keys.queues, "default")
                server.lpush(keys.queue("default"), text)
            assert until(lambda: list(worker.source.claim(["*"], limit=1)))


def _listeners(adapter: RedisAdapter) -> int:
    with client() as server:
        [(_, number)] = server.pubsub_numsub(adapter._store.keys.wake)
    return int(number)
