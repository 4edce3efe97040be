"""Several at the same rows: locks in the way, deadlocks, levels of isolation."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from django.db import connections
from django.db.utils import IntegrityError

from django_activejob.adapters.database import DatabaseAdapter, store
from django_activejob.adapters.database.models import Attempt, Job, Process, Semaphore, UniqueLock
from django_activejob.adapters.database.store import Store
from django_activejob.adapters.database.transitions.claim import claim
from django_activejob.contracts import Claim, Limit, Outcome, Settlement, Unique
from django_activejob.errors import AdapterUnavailable
from django_activejob.testing.contracts.furniture import (
    Worker,
    ended,
    envelope,
    failed,
    first_argument,
    run_chore,
)
from tests.contracts.stores import MYSQL, ONLY_MYSQL, ONLY_POSTGRES, POSTGRES, SERVERS

from .rivals import Rival, await_waiter, beside, rival_on, together

LOCK_ROW = "SELECT id FROM django_activejob_job WHERE id = %s FOR UPDATE"
SHORT_LOCK_WAIT = {
    "postgresql": "SET lock_timeout = '100ms'",
    "mysql": "SET SESSION innodb_lock_wait_timeout = 1",
}


@pytest.fixture
def rival(alias: str) -> Iterator[Rival]:
    with rival_on(alias) as rival:
        yield rival


def settle(worker: Worker, claims: list[Claim], outcome: Outcome) -> list[str]:
    execution = failed() if outcome is Outcome.FAILED else ended(outcome)
    return worker.settle(*claims, execution=execution)


def states(alias: str) -> Counter[str]:
    return Counter(Job.objects.using(alias).values_list("state", flat=True))


@SERVERS
class TestDeadlock:
    @pytest.mark.line("RQ-053")
    def test_the_ends_are_written_though_it_made_us_its_victim(
        self,
        adapter: DatabaseAdapter,
        alias: str,
        rival: Rival,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("INFO")
        adapter.enqueue_all([envelope(1), envelope(2)])
        worker = Worker(adapter)
        claims = worker.claim()
        first, second = (claim.token.partition(":")[0] for claim in claims)
        # MariaDB lets the one live that has written more, PostgreSQL the one that is more patient.
        if alias == "postgres":
            rival.execute("SET deadlock_timeout = '60s'")
        rows = ", ".join(f"('{number}')" for number in range(50))
        rival.execute(f"INSERT INTO django_activejob_pause VALUES {rows}")
        rival.execute(LOCK_ROW, [second])
        with beside(alias, partial(settle, worker, claims, Outcome.FAILED)) as settling:
            await_waiter(alias)
            rival.execute(LOCK_ROW, [first])
            rival.give_way()
            assert settling.result(20) == []
        assert states(alias) == {"failed": 2}
        assert Attempt.objects.using(alias).count() == 2
        [told] = [record for record in caplog.records if "a clash with others" in record.message]
        assert told.clashes == 1

    @pytest.mark.line("RQ-053")
    def test_a_storm_of_all_transitions_ends_with_every_job_in_one_final_state(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        limits = [Limit(key=key, to=2, duration=180.0) for key in "ab"]
        locks = [Unique(key=f"u{number}", seconds=600, until="finish") for number in range(60)]
        adapter.enqueue_all(
            [
                envelope(number, limit=limits[number % 2], unique=locks[number // 2])
                if number % 2
                else envelope(number)
                for number in range(120)
            ]
        )
        works: list[Callable[[], None]] = [partial(_storm, adapter, seed) for seed in range(4)]
        together(alias, [*works, partial(_upkeep, adapter, alias)])
        assert set(states(alias)) <= {"finished", "failed"}
        assert sum(states(alias).values()) == 120
        assert not UniqueLock.objects.using(alias).exists()


def _storm(adapter: DatabaseAdapter, seed: int) -> None:
    dice = random.Random(seed)
    worker, empty = Worker(adapter), 0
    while empty < 20:
        claims = worker.claim(limit=5)
        empty = 0 if claims else empty + 1
        dice.shuffle(claims)
        lost = worker.source.settle([_some_end(each, dice) for each in claims])
        assert lost == []
    worker.source.close()


def _some_end(claim: Claim, dice: random.Random) -> Settlement:
    if dice.random() < 0.2:
        return Settlement(claim=claim, execution=None)
    outcome = dice.choice([Outcome.PERFORMED, Outcome.DISCARDED, Outcome.FAILED])
    return Settlement(
        claim=claim, execution=failed() if outcome is Outcome.FAILED else ended(outcome)
    )


def _upkeep(adapter: DatabaseAdapter, alias: str) -> None:
    while set(states(alias)) - {"finished", "failed"}:
        victim = Worker(adapter)
        victim.claim(limit=3)
        victim.registry.bury(victim.id, reason="the storm", started=())
        victim.source.close()
        run_chore(adapter, "unblock")


class TestLocksInTheWay:
    @pytest.fixture(autouse=True)
    def hurried(self, monkeypatch: pytest.MonkeyPatch, alias: str) -> Iterator[None]:
        monkeypatch.setattr(store, "RETRY_PAUSES", (0.01,))
        yield
        connections[alias].close()

    @SERVERS
    @pytest.mark.line("RQ-052")
    def test_when_the_wait_is_over_the_whole_transaction_is_undone(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival
    ) -> None:
        lock = Unique(key="u", seconds=600, until="finish")
        adapter.enqueue(envelope(1, unique=lock))
        worker = Worker(adapter)
        claims = worker.claim()
        rival.execute("SELECT unique_key FROM django_activejob_uniquelock FOR UPDATE")
        with connections[alias].cursor() as cursor:
            cursor.execute(SHORT_LOCK_WAIT[connections[alias].vendor])
        with pytest.raises(AdapterUnavailable):
            settle(worker, claims, Outcome.FAILED)
        with beside(alias, partial(rival.execute, LOCK_ROW, [claims[0].token.partition(":")[0]])):
            pass  # we hold no lock any more, or this would not come to its end
        assert states(alias) == {"running": 1}
        assert not Attempt.objects.using(alias).exists()
        rival.give_way()
        assert settle(worker, claims, Outcome.FAILED) == []
        assert states(alias) == {"failed": 1}

    @ONLY_POSTGRES
    @pytest.mark.line("RQ-052")
    def test_a_statement_time_out_is_an_outage_and_no_refusal(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival
    ) -> None:
        adapter.enqueue(envelope(1))
        worker = Worker(adapter)
        claims = worker.claim()
        rival.execute(LOCK_ROW, [claims[0].token.partition(":")[0]])
        with connections[alias].cursor() as cursor:
            cursor.execute("SET statement_timeout = '100ms'")
        with pytest.raises(AdapterUnavailable, match="statement timeout"):
            worker.finish(*claims)
        rival.give_way()
        assert worker.finish(*claims) == []


class TestGaps:
    @ONLY_MYSQL
    @pytest.mark.line("RQ-064")
    def test_a_claim_that_is_not_committed_yet_keeps_nobody_from_enqueuing(
        self, adapter: DatabaseAdapter, alias: str, repeatable_read: None
    ) -> None:
        adapter.enqueue_all([envelope(number, priority=number % 3) for number in range(9)])
        worker, inside = Worker(adapter), Store(alias)

        def claim_and_let_others_enqueue() -> None:
            assert len(claim(inside, worker.id, ["default", "*"], limit=5)) == 5
            work = partial(adapter.enqueue_all, [envelope(9, priority=each) for each in range(3)])
            with beside(alias, work) as enqueuing:
                assert len(enqueuing.result(10)) == 3

        inside.atomically(claim_and_let_others_enqueue)


@pytest.fixture
def repeatable_read(alias: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions at REPEATABLE READ, where their engine or their project sets it so."""
    yield from _isolated(alias, "repeatable read", monkeypatch)


def _isolated(alias: str, level: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    connections[alias].close()
    before = connections[alias].settings_dict["OPTIONS"]
    escaped = level.replace(" ", "\\ ")
    said = {
        "postgresql": {"options": f"-c default_transaction_isolation={escaped}"},
        "mysql": {"isolation_level": level},
    }
    after = {**before, **said[connections[alias].vendor]}
    monkeypatch.setitem(connections[alias].settings_dict, "OPTIONS", after)
    del connections[alias]
    assert _level(alias) == level
    yield
    connections[alias].close()
    monkeypatch.undo()
    del connections[alias]


def _level(alias: str) -> str:
    asked = {"postgresql": "SHOW default_transaction_isolation", "mysql": "SELECT @@tx_isolation"}
    with connections[alias].cursor() as cursor:
        cursor.execute(asked[connections[alias].vendor])
        return str(cursor.fetchone()[0]).replace("-", " ").lower()


class TestIsolation:
    @ONLY_MYSQL
    @pytest.mark.line("RQ-212")
    def test_a_source_that_waits_sees_what_comes_meanwhile(
        self, adapter: DatabaseAdapter, alias: str, repeatable_read: None
    ) -> None:
        worker = Worker(adapter)
        claiming = partial(worker.source.claim, ["*"], limit=1)
        with beside(alias, claiming) as claimed:
            adapter.enqueue(envelope(1))
            assert len(claimed.result(10)) == 1

    @pytest.mark.line("RQ-210")
    @pytest.mark.parametrize("level", ["repeatable read", "serializable"])
    @ONLY_POSTGRES
    def test_every_job_is_claimed_once_at_stricter_levels(
        self,
        adapter: DatabaseAdapter,
        alias: str,
        level: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with monkeypatch.context() as patch:
            isolation = _isolated(alias, level, patch)
            next(isolation)
            assert _claimed_by_all(adapter, [adapter] * 4, alias) == list(range(200))
            next(isolation, None)
        assert states(alias) == {"finished": 200}


class TestStrategies:
    @pytest.mark.line("RQ-060")
    @pytest.mark.parametrize("alias", [POSTGRES, MYSQL], indirect=True)
    def test_old_and_new_ways_to_claim_side_by_side_claim_every_job_once(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        other = DatabaseAdapter(using=alias, polling_interval=0.02, listen=False)
        changed = other._store
        vars(changed)["vendor"] = replace(changed.vendor, returning=not changed.vendor.returning)
        if alias == "mysql":  # it knows no UPDATE that gives rows back
            vars(changed)["vendor"] = replace(changed.vendor, returning=False, isolates=False)
        assert _claimed_by_all(adapter, [adapter, other] * 2, alias) == list(range(200))
        assert states(alias) == {"finished": 200}


def _claimed_by_all(
    adapter: DatabaseAdapter, adapters: list[DatabaseAdapter], alias: str
) -> list[int]:
    adapter.enqueue_all([envelope(number) for number in range(200)])
    found = together(alias, [partial(_drained, each) for each in adapters])
    return sorted(number for numbers in found for number in numbers)


def _drained(adapter: DatabaseAdapter) -> list[int]:
    worker, numbers, empty = Worker(adapter), list[int](), 0
    while empty < 5:
        claims = _insist(partial(worker.claim, limit=5))
        empty = 0 if claims else empty + 1
        numbers += map(first_argument, claims)
        assert _insist(partial(worker.finish, *claims)) == []
    worker.source.close()
    return numbers


def _insist(work: Callable[[], list]) -> list:
    """As the runtime does: what the store cannot do now is tried again."""
    while True:
        try:
            return work()
        except AdapterUnavailable:
            continue


class TestSemaphores:
    @pytest.mark.line("RQ-145")
    def test_many_make_the_same_new_one_and_none_is_refused(
        self, adapter: DatabaseAdapter, alias: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO")
        for number in range(5):
            limit = Limit(key=f"new {number}", to=1, duration=180.0)
            together(alias, [partial(adapter.enqueue, envelope(1, limit=limit))] * 6)
        assert Semaphore.objects.using(alias).count() == 5
        assert states(alias) == {"ready": 5, "blocked": 25}
        assert "deadlock" not in caplog.text.lower()


def _claimed(worker: Worker) -> list[Claim]:
    claims = worker.claim()
    worker.source.close()
    return claims


class TestOneRow:
    @pytest.mark.line("RQ-069")
    def test_a_job_has_one_state_so_it_is_claimed_once_by_any_number(
        self, adapter: DatabaseAdapter, alias: str
    ) -> None:
        id = adapter.enqueue(envelope(1))
        works = [partial(_claimed, Worker(adapter)) for _ in range(6)]
        claimed = together(alias, works)
        assert sorted(map(len, claimed)) == [0, 0, 0, 0, 0, 1]
        with pytest.raises(IntegrityError):
            Job.objects.using(alias).filter(pk=id).update(state="ready")
        with pytest.raises(IntegrityError):
            Job.objects.using(alias).bulk_create([Job.objects.using(alias).get(pk=id)])


class TestStandingStill:
    """A process that is stopped in the middle of a transaction keeps its locks."""

    @ONLY_POSTGRES
    @pytest.mark.line("RQ-008")
    def test_the_server_ends_its_session(
        self, adapter: DatabaseAdapter, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limit = Limit(key="k", to=1, duration=180.0)
        adapter.enqueue(envelope(1, limit=limit))
        leash = Store(alias).vendor.leash
        assert "10s" in leash
        monkeypatch.setattr(
            Store, "vendor", replace(Store(alias).vendor, leash=leash.replace("10s", "200ms"))
        )
        stopped, other = Store(alias), partial(adapter.enqueue, envelope(2, limit=limit))

        def stand_still() -> None:
            stopped.change("UPDATE django_activejob_semaphore SET used_at = used_at")
            with beside(alias, other) as enqueuing:
                assert enqueuing.result(10)
            stopped.rows("SELECT 1")

        with pytest.raises(AdapterUnavailable, match=r"idle-in-transaction timeout|closed"):
            stopped.atomically(stand_still)
        assert states(alias) == {"ready": 1, "blocked": 1}

    @ONLY_POSTGRES
    def test_what_the_project_says_of_that_is_kept(self, alias: str) -> None:
        inside = Store(alias)
        asked = "SELECT current_setting('idle_in_transaction_session_timeout')"
        assert inside.atomically(lambda: inside.rows(asked)) == [("10s",)]
        assert inside.rows(asked) == [("0",)]
        inside.change("SET idle_in_transaction_session_timeout = '7s'")
        assert inside.atomically(lambda: inside.rows(asked)) == [("7s",)]
        inside.close()

    @ONLY_MYSQL
    def test_an_enqueue_does_not_wait_for_it_for_long(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "RETRY_PAUSES", ())
        limit = Limit(key="k", to=1, duration=180.0)
        adapter.enqueue(envelope(1, limit=limit))
        rival.execute("SELECT limit_key FROM django_activejob_semaphore FOR UPDATE")
        with beside(alias, partial(adapter.enqueue, envelope(2, limit=limit))) as enqueuing:
            assert enqueuing.result(20)
        assert states(alias) == {"ready": 1, "blocked": 1}

    @SERVERS
    def test_it_keeps_nobody_from_burying_others_and_is_buried_itself_later(
        self, adapter: DatabaseAdapter, alias: str, rival: Rival
    ) -> None:
        adapter.enqueue_all([envelope(number) for number in range(3)])
        silent, dead = Worker(adapter), Worker(adapter)
        locked, _ = silent.claim(limit=2)
        dead.claim()
        Process.objects.using(alias).update(beat_at="2020-01-01T00:00:00Z")
        rival.execute(LOCK_ROW, [locked.token.partition(":")[0]])
        assert [each.fate for each in dead.registry.prune(silent_for=30)] == ["retried"] * 2
        assert states(alias) == {"running": 1, "scheduled": 2}
        assert Process.objects.using(alias).count() == 1
        rival.give_way()
        assert [each.fate for each in dead.registry.prune(silent_for=30)] == ["retried"]
        assert Process.objects.using(alias).count() == 0
