from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import transaction
from django.test import TestCase, TransactionTestCase
from typing_extensions import override

from django_activejob.adapters.inline import InlineAdapter
from django_activejob.contracts import QueueAdapter
from django_activejob.testing import JobTestCase, JobTestMixin
from tests.jobs import buffer
from tests.jobs.hello import HelloJob
from tests.unit.testing.furniture import LoggingJob


class Rollback(Exception):
    pass


def say(word: str) -> Any:
    return lambda: buffer.add(word)


def broken() -> None:
    raise LookupError("not my day")


@transaction.atomic
def sign_up() -> None:
    HelloJob.perform_later("Ada")
    transaction.on_commit(lambda: LoggingJob.perform_later("signed up") and None)


@transaction.atomic
def sign_up_in_vain() -> None:
    sign_up()
    raise Rollback


def sign_up_after_all() -> None:
    transaction.on_commit(say("never"))
    raise Rollback


class JobsThatWaitForACommit(JobTestCase):
    @pytest.mark.line("RQ-079")
    def test_they_are_there_when_they_are_looked_for(self) -> None:
        with transaction.atomic():
            job = HelloJob.perform_later()
            assert isinstance(job, HelloJob)
            self.assert_no_enqueued_jobs()
        assert job.successfully_enqueued is None
        self.assert_enqueued_jobs(1)
        assert job.successfully_enqueued is True
        assert [record.job for record in self.enqueued_jobs] == [HelloJob]

    def test_a_rollback_drops_them(self) -> None:
        with pytest.raises(Rollback):
            sign_up_in_vain()
        self.assert_no_enqueued_jobs()

    def test_they_can_be_performed(self) -> None:
        with transaction.atomic():
            HelloJob.perform_later("Ada")
        assert self.perform_enqueued_jobs() == 1
        with self.perform_enqueued_jobs(), transaction.atomic():
            HelloJob.perform_later("Bob")
        assert buffer.lines() == ["Ada says hello", "Bob says hello"]

    def test_a_block_does_not_count_those_from_before_it(self) -> None:
        with transaction.atomic():
            HelloJob.perform_later()
        with self.assert_enqueued_jobs(1):
            LoggingJob.perform_later()
            self.assert_enqueued_jobs(2)
        self.assert_enqueued_jobs(2)


class OnCommitCallbacks(JobTestCase):
    def test_those_of_a_block_are_run_at_its_end(self) -> None:
        with self.assert_enqueued_jobs(2):
            sign_up()
            self.assert_enqueued_jobs(1)
        self.assert_enqueued_with(job=LoggingJob, args=["signed up"])

    def test_each_is_run_once(self) -> None:
        with self.assert_enqueued_with(job=HelloJob), self.assert_enqueued_jobs(2):
            sign_up()
        self.assert_enqueued_jobs(2)

    def test_also_those_outside_of_any_transaction(self) -> None:
        with self.assert_no_enqueued_jobs():
            transaction.on_commit(say("done"))
        assert buffer.lines() == ["done"]

    def test_and_those_that_they_register(self) -> None:
        with self.perform_enqueued_jobs():
            transaction.on_commit(lambda: transaction.on_commit(say("in the end")))
        assert buffer.lines() == ["in the end"]

    def test_but_not_those_from_before_the_block(self) -> None:
        transaction.on_commit(say("too early"))
        with self.assert_no_enqueued_jobs():
            pass
        self.assert_no_enqueued_jobs()
        assert buffer.lines() == []

    def test_nor_those_of_a_block_that_raises(self) -> None:
        with pytest.raises(Rollback), self.assert_no_enqueued_jobs():
            sign_up_after_all()
        assert buffer.lines() == []

    def test_nor_within_a_transaction(self) -> None:
        with self.assert_no_enqueued_jobs(), transaction.atomic():
            with self.assert_no_enqueued_jobs():
                sign_up()
            transaction.set_rollback(True)
        assert buffer.lines() == []

    def test_their_errors_come_through_unless_they_are_robust(self) -> None:
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        with self.assert_no_enqueued_jobs():
            transaction.on_commit(broken, robust=True)
            transaction.on_commit(say("after it"))
        assert buffer.lines() == ["after it"]
        with pytest.raises(LookupError, match="not my day"), self.assert_no_enqueued_jobs():
            transaction.on_commit(broken)

    def test_django_s_own_capture_goes_on_working(self) -> None:
        with self.captureOnCommitCallbacks(execute=True) as callbacks:
            transaction.on_commit(say("first"))
            with self.assert_enqueued_jobs(2):
                sign_up()
            transaction.on_commit(say("last"))
        assert len(callbacks) == 4
        assert buffer.lines() == ["first", "last"]
        self.assert_enqueued_jobs(2)


class WithTheInlineAdapter(JobTestCase):
    @override
    def queue_adapter_for_test(self) -> QueueAdapter:
        return InlineAdapter()

    def test_a_block_runs_them_too(self) -> None:
        with self.perform_enqueued_jobs(), transaction.atomic():
            HelloJob.perform_later("Ada")
        assert buffer.lines() == ["Ada says hello"]


class RealCommits(JobTestMixin, TransactionTestCase):
    def test_they_need_no_help(self) -> None:
        with self.assert_enqueued_jobs(2):
            sign_up()
            self.assert_enqueued_jobs(2)
        self.assert_enqueued_jobs(2)


class NoDatabase(JobTestMixin, TestCase):
    databases: Any = frozenset()

    def test_none_is_touched(self) -> None:
        with self.assert_enqueued_jobs(1):
            HelloJob.perform_later()
