from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

import pytest
from django.test import SimpleTestCase, override_settings
from typing_extensions import override

from django_activejob import ActiveJob, handler
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.contracts import QueueAdapter
from django_activejob.errors import ConfigurationError
from django_activejob.job import enqueuing
from django_activejob.testing import JobAssertions, JobTestCase, JobTestMixin
from django_activejob.testing.substitution import substituted
from tests.jobs import buffer
from tests.jobs.hello import HelloJob

inline = InlineAdapter()


class ApplicationJob(ActiveJob):
    pass


class InlineJob(ApplicationJob):
    queue_adapter = inline

    def perform(self) -> None:
        buffer.add("inline")


class TheMixin(JobTestMixin, SimpleTestCase):
    @pytest.mark.line("AJ-001", "AJ-314")
    def test_jobs_go_where_the_settings_say(self) -> None:
        assert self.queue_adapter is handler.adapter("test")
        assert isinstance(self.queue_adapter, TestAdapter)
        assert HelloJob.queue_adapter is None

    @pytest.mark.line("AJ-313")
    def test_the_case_has_it_built_in(self) -> None:
        assert issubclass(JobTestCase, JobTestMixin)

    @pytest.mark.line("AJ-547", "AJ-548")
    def test_a_class_with_an_adapter_of_its_own_keeps_it(self) -> None:
        class LateJob(InlineJob):
            pass

        InlineJob.perform_later()
        LateJob.perform_later()
        assert buffer.lines() == ["inline", "inline"]
        self.assert_no_enqueued_jobs()


class BetweenTests(JobTestMixin, unittest.TestCase):
    @override
    def setUp(self) -> None:
        """Does not call ``super()``, as forgetful ones do not."""

    def check(self) -> None:
        self.assert_no_enqueued_jobs()
        self.assert_no_performed_jobs()
        HelloJob.perform_later()
        self.perform_enqueued_jobs()
        HelloJob.perform_later()

    @pytest.mark.line("RQ-250")
    def test_nothing_is_left_for_the_next(self) -> None:
        self.check()

    def test_whichever_that_is(self) -> None:
        self.check()


class SpecialAdapter(TestAdapter):
    pass


class AnotherAdapter(JobTestMixin, SimpleTestCase):
    @override
    def queue_adapter_for_test(self) -> QueueAdapter:
        self.special = SpecialAdapter()
        return self.special

    @pytest.mark.line("AJ-546")
    def test_is_what_all_classes_see(self) -> None:
        for job_class in (ActiveJob, ApplicationJob, HelloJob, InlineJob):
            assert enqueuing.adapter_of(job_class) is self.special
        assert self.queue_adapter is self.special

    @pytest.mark.line("AJ-410")
    def test_is_where_jobs_with_an_adapter_of_their_own_go_too(self) -> None:
        with self.assert_enqueued_with(job=InlineJob):
            InlineJob.perform_later()
        assert buffer.lines() == []


class TheInlineAdapter(JobTestMixin, SimpleTestCase):
    @override
    def queue_adapter_for_test(self) -> QueueAdapter:
        return InlineAdapter()

    @pytest.mark.line("AJ-545")
    def test_a_block_just_runs(self) -> None:
        with self.perform_enqueued_jobs():
            HelloJob.perform_later()
        assert buffer.lines() == ["David says hello"]


class TestOtherAdapters:
    @pytest.mark.parametrize("is_block", [True, False], ids=["block", "plain"])
    @pytest.mark.parametrize(
        ("method", "use"),
        [
            pytest.param(name, use, marks=pytest.mark.line(line), id=line)
            for line, name, use in [
                ("AJ-537", "assert_enqueued_jobs", lambda jobs: jobs.assert_enqueued_jobs(1)),
                ("AJ-538", "assert_no_enqueued_jobs", JobAssertions.assert_no_enqueued_jobs),
                ("AJ-539", "assert_performed_jobs", lambda jobs: jobs.assert_performed_jobs(1)),
                ("AJ-540", "assert_no_performed_jobs", JobAssertions.assert_no_performed_jobs),
                ("AJ-541", "assert_enqueued_with", JobAssertions.assert_enqueued_with),
                ("AJ-542", "assert_performed_with", JobAssertions.assert_performed_with),
            ]
        ],
    )
    def test_assertions_need_the_test_adapter(
        self, method: str, use: Callable[[JobAssertions], Any], is_block: bool
    ) -> None:
        message = (
            f"^{method} requires the Active Job test adapter, you're using InlineAdapter. "
            'Set QUEUE_ADAPTER to "test"'
        )
        with (
            override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"}),
            pytest.raises(ConfigurationError, match=message),
        ):
            self.ask(use, is_block)

    def ask(self, use: Callable[[JobAssertions], Any], is_block: bool) -> None:
        if is_block:
            with use(JobAssertions()):
                pass
        else:
            use(JobAssertions())

    @pytest.mark.line("AJ-543")
    def test_so_does_performing_what_has_gathered(self) -> None:
        message = (
            r"^perform_enqueued_jobs \(without a block\) requires the Active Job test adapter, "
            "you're using InlineAdapter"
        )
        with substituted(inline), pytest.raises(ConfigurationError, match=message):
            JobAssertions().perform_enqueued_jobs()

    @pytest.mark.line("AJ-544")
    def test_a_block_that_performs_goes_with_any(self) -> None:
        with substituted(inline), JobAssertions().perform_enqueued_jobs():
            HelloJob.perform_later()
        assert buffer.lines() == ["David says hello"]

    def test_the_lists_need_it_too(self) -> None:
        jobs = JobAssertions()
        with substituted(inline):
            for name in ("enqueued_jobs", "performed_jobs"):
                with pytest.raises(ConfigurationError, match=f"^{name} requires"):
                    getattr(jobs, name)


class TestSubstitution:
    def test_the_innermost_counts_and_nothing_stays(self) -> None:
        first, second = TestAdapter(), TestAdapter()
        with substituted(first):
            with substituted(second):
                assert enqueuing.adapter_of(InlineJob) is second
            assert enqueuing.adapter_of(InlineJob) is first
        assert enqueuing.adapter_of(InlineJob) is inline

    def test_what_is_kept_from_within_a_block_is_right_after_it(self) -> None:
        with substituted(TestAdapter()):
            kept = enqueuing.adapter_of
        assert kept(InlineJob) is inline


class TestRecords:
    def test_they_have_the_names_of_the_assertions(self, queue: TestAdapter) -> None:
        HelloJob.set(queue="low", priority=2).perform_later("Ada")
        (record,) = JobAssertions().enqueued_jobs
        assert (record.job, record.args, record.queue) == (HelloJob, ["Ada"], "low")
        assert (record.priority, record.at) == (2, None)
        assert record.load().arguments == ["Ada"]
