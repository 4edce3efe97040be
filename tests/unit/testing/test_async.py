from __future__ import annotations

from asgiref.sync import sync_to_async

from django_activejob import ActiveJob
from django_activejob.testing import JobTestCase
from tests.jobs import buffer
from tests.jobs.greeting import GreetingJob
from tests.shop.models import Person


class CountingJob(ActiveJob):
    async def perform(self) -> None:
        buffer.add(f"people: {await Person.objects.acount()}")


class AsyncTests(JobTestCase):
    async def test_blocks_perform_and_count_what_is_awaited_in_them(self) -> None:
        person = await Person.objects.acreate(name="Ada")
        with self.perform_enqueued_jobs():
            await GreetingJob.aperform_later(person)
            await CountingJob.aperform_later()
        assert buffer.lines() == ["greeting Ada", "people: 1"]
        with self.assert_enqueued_jobs(1), self.assert_enqueued_with(job=CountingJob):
            await CountingJob.aperform_later()
        with self.assert_performed_jobs(1):
            await CountingJob.aperform_later()

    async def test_plain_calls_that_use_the_database_go_through_a_thread(self) -> None:
        person = await Person.objects.acreate(name="Ada")
        await GreetingJob.aperform_later(person)
        await CountingJob.aperform_later()
        self.assert_enqueued_jobs(2)
        await sync_to_async(self.assert_enqueued_with)(job=GreetingJob, args=[person])
        assert await sync_to_async(self.perform_enqueued_jobs)() == 2
        assert buffer.lines() == ["greeting Ada", "people: 1"]
