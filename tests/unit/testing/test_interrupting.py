from __future__ import annotations

from django_activejob import ActiveJob
from django_activejob.continuations import Continuable, Step
from django_activejob.testing import (
    JobAssertions,
    interrupt_job_after_step,
    interrupt_job_during_step,
)
from tests.jobs import buffer


class ImportJob(Continuable, ActiveJob):
    def perform(self) -> None:
        self.step(self.load)
        self.step(self.rows, start=0)
        self.step(self.finish)

    def load(self) -> None:
        buffer.add("load")

    def rows(self, step: Step) -> None:
        for row in range(step.cursor, 3):
            buffer.add(f"row {row}")
            step.set(row + 1)

    def finish(self) -> None:
        buffer.add("finish")


class OtherJob(ImportJob):
    pass


ALL = ["load", "row 0", "row 1", "row 2", "finish"]


class TestInterrupting:
    def test_during_a_step_at_a_cursor(self, jobs: JobAssertions) -> None:
        ImportJob.perform_later()
        with interrupt_job_during_step(ImportJob, "rows", cursor=2):
            jobs.perform_enqueued_jobs()
        assert buffer.lines() == ALL[:3]
        jobs.assert_enqueued_jobs(1, only=ImportJob)
        jobs.perform_enqueued_jobs()
        assert buffer.lines() == ALL

    def test_after_a_step(self, jobs: JobAssertions) -> None:
        ImportJob.perform_later()
        with interrupt_job_after_step(ImportJob, "load", reason="deploying"):
            jobs.perform_enqueued_jobs()
        assert buffer.lines() == ["load"]
        (record,) = jobs.enqueued_jobs
        assert record.envelope.payload["exception_executions"] == {"deploying": 1}

    def test_after_it_is_not_within_the_next(self, jobs: JobAssertions) -> None:
        with (
            interrupt_job_after_step(ImportJob, "load"),
            jobs.assert_performed_jobs(2),
        ):
            ImportJob.perform_later()
        assert buffer.lines() == ALL

    def test_never_after_the_last_one(self, jobs: JobAssertions) -> None:
        ImportJob.perform_later()
        with interrupt_job_after_step(ImportJob, "finish"):
            jobs.perform_enqueued_jobs()
        assert buffer.lines() == ALL
        jobs.assert_no_enqueued_jobs()

    def test_a_block_that_performs_goes_on_at_once(self, jobs: JobAssertions) -> None:
        with (
            interrupt_job_during_step(ImportJob, "rows", cursor=2),
            jobs.assert_performed_jobs(2),
        ):
            ImportJob.perform_later()
        assert buffer.lines() == ALL

    def test_other_classes_and_later_jobs_are_left_alone(self, jobs: JobAssertions) -> None:
        with interrupt_job_after_step(OtherJob, "load"):
            ImportJob.perform_now()
        OtherJob.perform_now()
        assert buffer.lines() == [*ALL, *ALL]
