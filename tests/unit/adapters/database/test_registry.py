from __future__ import annotations

import json
import threading

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now

from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.database.models import Attempt, Job, Process
from django_activejob.adapters.database.store import Store
from django_activejob.contracts import Buried, Command
from django_activejob.testing.contracts.furniture import (
    Worker,
    envelope,
    until,
)
from tests.contracts.stores import ONLY_POSTGRES


class TestOrphans:
    @pytest.mark.line("RQ-006")
    def test_claims_whose_process_has_no_record_are_settled(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        lost = Worker(adapter)
        claim = lost.claim_one()
        Process.objects.using(alias).all().delete()
        [buried] = adapter.registry().prune(silent_for=60.0)
        assert (buried.token, buried.fate) == (claim.token, "retried")
        assert list(adapter.registry().prune(silent_for=60.0)) == []


class TestMaintainersAtOnce:
    @pytest.mark.line("RQ-017")
    @ONLY_POSTGRES
    def test_a_process_that_another_buries_is_passed_over(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue(envelope(1))
        silent = Worker(adapter)
        silent.claim_one()
        Process.objects.using(alias).update(beat_at="2020-01-01T00:00:00Z")
        with transaction.atomic(using=alias):
            list(Process.objects.using(alias).select_for_update())
            found: list[Buried] = []
            other = threading.Thread(target=prune_in_thread, args=(adapter, alias, found))
            other.start()
            other.join(timeout=60)
        assert found == []
        assert len(adapter.registry().prune(silent_for=60.0)) == 1

    @pytest.mark.line("RQ-017")
    def test_each_claim_is_settled_by_one_of_them(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(6)])
        for _ in range(3):
            Worker(adapter).claim(limit=2)
        Process.objects.using(alias).update(beat_at="2020-01-01T00:00:00Z")
        found: list[Buried] = []
        threads = [
            threading.Thread(target=prune_in_thread, args=(adapter, alias, found)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert len(found) == len({each.token for each in found}) == 6


def prune_in_thread(adapter: DatabaseAdapter, alias: str, found: list[Buried]) -> None:
    try:
        found.extend(adapter.registry().prune(silent_for=60.0))
    finally:
        connections[alias].close()


class TestCrashes:
    def test_a_crash_is_an_attempt(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue(envelope(1))
        dead = Worker(adapter)
        dead.claim_one()
        dead.registry.bury(dead.id, reason="killed by SIGSEGV", started=None)
        attempt = Attempt.objects.using(alias).get()
        assert (attempt.outcome, attempt.process_id) == ("crashed", dead.id)
        assert attempt.error_class == "django_activejob.errors.ProcessCrashed"
        assert "died: killed by SIGSEGV. It runs again after a pause." in attempt.error_message

    @pytest.mark.parametrize(("crashes", "longest"), [(0, 10.0), (1, 30.0)])
    def test_the_pause_after_a_crash_grows_with_each(
        self,
        adapter: DatabaseAdapter,
        alias: str,
        monkeypatch: pytest.MonkeyPatch,
        crashes: int,
        longest: float,
    ) -> None:
        monkeypatch.setattr(
            "django_activejob.adapters.database.fates._random.uniform", lambda low, high: high
        )
        adapter.enqueue(envelope(1))
        Job.objects.using(alias).update(crashes=crashes)
        dead = Worker(adapter)
        dead.claim_one()
        dead.registry.bury(dead.id, reason="gone", started=None)
        job = Job.objects.using(alias).annotate(present=Now()).get()
        assert longest - 5 < (job.scheduled_at - job.present).total_seconds() <= longest

    def test_an_unreadable_job_is_buried_too(self, adapter: DatabaseAdapter, alias: str) -> None:
        adapter.enqueue(envelope(1))
        dead = Worker(adapter)
        claim = dead.claim_one()
        Job.objects.using(alias).update(payload="[]")
        [buried] = dead.registry.bury(dead.id, reason="gone", started=[claim.token])
        assert (buried.envelope, buried.fate) == (None, "retried")
        assert "unreadable job" in Attempt.objects.using(alias).get().error_message


class TestCommands:
    def test_a_beat_takes_the_commands_once(self, adapter: DatabaseAdapter, alias: str) -> None:
        worker = Worker(adapter)
        commands = [{"action": "quiet", "token": None}, {"action": "cancel", "token": "7:1"}]
        Process.objects.using(alias).update(command=json.dumps(commands))
        taken = worker.registry.beat(worker.id, running=[])
        assert list(taken) == [Command(action="quiet"), Command(action="cancel", token="7:1")]
        assert list(worker.registry.beat(worker.id, running=[])) == []

    def test_a_beat_is_timed_by_the_store(self, adapter: DatabaseAdapter, alias: str) -> None:
        worker = Worker(adapter)
        Process.objects.using(alias).update(beat_at="2020-01-01T00:00:00Z")
        worker.registry.beat(worker.id, running=[])
        process = Process.objects.using(alias).annotate(present=Now()).get()
        assert abs((process.present - process.beat_at).total_seconds()) < 30


class TestHostnames:
    @pytest.mark.line("RQ-019")
    @pytest.mark.parametrize("hostname", ["", "h" * 300, "a\0b", "\ud800", "büro"])
    def test_any_hostname_can_register(
        self, adapter: DatabaseAdapter, alias: str, hostname: str
    ) -> None:
        worker = Worker(adapter, is_registered=False)
        record = worker.record
        worker.registry.register(
            type(record)(id=record.id, kind="worker", hostname=hostname, pid=1, metadata={})
        )
        assert len(Process.objects.using(alias).get().hostname) <= 255


class TestFenceAgainstBurial:
    @pytest.mark.line("RQ-009")
    def test_of_a_settlement_and_a_burial_one_wins(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(40)])
        worker = Worker(adapter)
        claims = worker.claim()
        buried: list[Buried] = []
        burial = threading.Thread(target=bury_in_thread, args=(adapter, alias, worker.id, buried))
        burial.start()
        lost = [token for claim in claims for token in worker.finish(claim)]
        burial.join(timeout=60)
        assert sorted(lost) == sorted(each.token for each in buried)
        finished = Job.objects.using(alias).filter(state="finished").count()
        assert finished + len(buried) == 40


def bury_in_thread(
    adapter: DatabaseAdapter, alias: str, process_id: str, buried: list[Buried]
) -> None:
    try:
        until(lambda: Job.objects.using(alias).filter(state="finished").exists())
        buried.extend(adapter.registry().bury(process_id, reason="silent", started=None))
    finally:
        Store(alias).close()
