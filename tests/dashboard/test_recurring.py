"""The pages of the recurring tasks, over real tables."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from django_activejob import clock, handler
from django_activejob.contracts import JobQuery, QueueAdapter, RecurringStore, RecurringTask
from django_activejob.job import registry
from django_activejob.recurring import schedule_recurring_task
from django_activejob.recurring.ticking import tick
from tests.dashboard.addresses import ADD_TASK, EDIT_TASK, JOB, TASK, TASK_ACT, TASKS, to
from tests.dashboard.conftest import Login
from tests.jobs.hello import HelloJob

HELLO = registry.name_of(HelloJob)


@pytest.fixture
def adapter(settings: Settings, db: None) -> QueueAdapter:
    """The database adapter, with nothing in its tables."""
    settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}
    return handler.adapter()


@pytest.fixture
def kept(adapter: QueueAdapter) -> RecurringStore:
    """Where the adapter keeps recurring tasks."""
    store = adapter.recurring()
    assert store is not None
    return store


@pytest.fixture
def greeting(kept: RecurringStore) -> RecurringTask:
    """A task that people have made."""
    return schedule_recurring_task(
        "greeting",
        HelloJob,
        schedule="30 9 * * MON-FRI Europe/Berlin",
        args=["s3cret"],
        description="Says hello",
    )


@pytest.fixture
def static(kept: RecurringStore) -> RecurringTask:
    """A task of the settings."""
    definition = {"job": HELLO, "every": 300.0, "arguments": []}
    task = RecurringTask(key="static", definition=definition)
    kept.declare([task], as_of=kept.now())
    return task


def page_of(client: Client, name: str = TASKS, *captured: str) -> str:
    return client.get(to(name, *captured)).content.decode()


def told(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]  # the client sets it


def errors_on(response: HttpResponse) -> str:
    """The errors in the form of a page, as people read them."""
    found = re.findall(r'<ul class="errorlist.*?</ul>', response.content.decode(), re.DOTALL)
    return html.unescape(" ".join(found))


def enqueued(adapter: QueueAdapter) -> int:
    inspector = adapter.inspector()
    assert inspector is not None
    return inspector.count(JobQuery()).number


def ticked(adapter: QueueAdapter, kept: RecurringStore, key: str, at: datetime) -> str:
    """Has a task tick; gives the adapter's id of the job."""
    task = kept.find(key)
    assert task is not None
    assert tick(task, at, adapter=adapter, store=kept)
    [latest] = kept.ticks(key, limit=1)
    return str(latest.provider_job_id)


class TestList:
    @pytest.mark.line("DB-094", "DB-095")
    def test_tells_the_schedule_in_words_its_zone_and_the_next_tick(
        self, greeting: RecurringTask, operator: Client
    ) -> None:
        page = page_of(operator)

        assert "30 9 * * MON-FRI Europe/Berlin" in page
        assert "At 09:30 on Monday through Friday<" in page
        assert "Says hello" in page
        assert HELLO in page
        assert ">in " in page

    @pytest.mark.line("DB-095")
    def test_tells_an_interval_in_words(self, static: RecurringTask, operator: Client) -> None:
        assert "every 5 min" in page_of(operator)

    @pytest.mark.line("DB-094", "DB-096")
    def test_tells_the_last_tick_and_what_became_of_its_job(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        operator: Client,
    ) -> None:
        id = ticked(adapter, kept, "greeting", clock.now() - timedelta(minutes=5))

        page = page_of(operator)

        assert "5 min ago" in page
        assert f'<a href="{to(JOB, id)}">Ready</a>' in page

    def test_says_when_the_last_tick_has_no_job(
        self, kept: RecurringStore, greeting: RecurringTask, operator: Client
    ) -> None:
        [task] = kept.tasks()
        assert kept.skip(task, kept.now())

        assert "no job" in page_of(operator)

    @pytest.mark.line("DB-100")
    def test_marks_what_is_overdue(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        operator: Client,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        schedule_recurring_task("often", HelloJob, every=60)
        assert "overdue" not in page_of(operator)
        later = clock.now() + timedelta(minutes=5)
        monkeypatch.setattr("django_activejob.dashboard.recurring.clock.now", lambda: later)

        assert "overdue" in page_of(operator)

        kept.enable("often", False)

        assert "overdue" not in page_of(operator)

    def test_hides_arguments_from_those_who_may_not_see_them(
        self, greeting: RecurringTask, operator: Client, login: Login
    ) -> None:
        assert "s3cret" in page_of(operator)

        client = login("view_recurringtask")

        assert "s3cret" not in page_of(client)
        assert "s3cret" not in page_of(client, TASK, "greeting")

    def test_without_tasks_says_where_they_come_from(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        assert "RECURRING" in page_of(operator)

    @pytest.mark.parametrize(
        "definition",
        [
            {},
            {"job": HELLO, "schedule": "nonsense"},
            {"job": 7, "every": "often"},
            {"job": "gone.<b>Job", "every": 60.0, "arguments": 5, "description": ["x"]},
            {"job": HELLO, "every": 10.0**300},
        ],
    )
    def test_shows_a_task_whatever_is_stored_of_it(
        self, kept: RecurringStore, operator: Client, definition: dict[str, Any]
    ) -> None:
        kept.add(RecurringTask(key="odd/ key?%", definition=definition, is_static=False))

        assert "odd/ key?%" in page_of(operator)
        assert operator.get(to(TASK, "odd_2F key_3F_25")).status_code == 200

    @pytest.mark.line("RQ-237")
    def test_costs_the_same_queries_however_many_there_are(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        operator: Client,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(30):
            schedule_recurring_task(f"task-{number}", HelloJob, every=60)
            ticked(adapter, kept, f"task-{number}", clock.now())

        with django_assert_max_num_queries(10):
            operator.get(to(TASKS))

    def test_an_adapter_without_recurring_tasks_has_no_such_page(
        self, settings: Settings, operator: Client
    ) -> None:
        settings.ACTIVE_JOB = {"QUEUE_ADAPTER": "tests.dashboard.fake.FakeAdapter"}

        assert operator.get(to(TASKS)).status_code == 404


class TestOne:
    @pytest.mark.line("DB-096")
    def test_tells_its_history(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        operator: Client,
    ) -> None:
        now = clock.now()
        first, second = (
            ticked(adapter, kept, "greeting", now - timedelta(hours=hours)) for hours in (2, 1)
        )
        inspector = adapter.inspector()
        assert inspector is not None
        inspector.discard(JobQuery(ids=(first,)), limit=1)

        page = page_of(operator, TASK, "greeting")

        assert page.index(to(JOB, second)) < page.index("job cleared away")
        assert "Europe/Berlin" in page

    def test_of_jobs_in_another_adapter_shows_none_of_ours(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        operator: Client,
        settings: Settings,
    ) -> None:
        id = ticked(adapter, kept, "greeting", clock.now())
        settings.ACTIVE_JOB = {
            "QUEUE_ADAPTER": "inline",
            "ADAPTERS": {"inline": {"ADAPTER": "inline"}, "kept": {"ADAPTER": "database"}},
        }

        for name, captured in ((TASKS, ()), (TASK, ("greeting",))):
            page = page_of(operator, name, *captured)
            assert "enqueued in another adapter" in page
            assert to(JOB, id) not in page

    def test_that_is_gone_is_not_found(self, adapter: QueueAdapter, operator: Client) -> None:
        for key in ("gone", "a\0b", "x" * 400):
            assert operator.get(to(TASK, key)).status_code == 404


class TestActing:
    @pytest.mark.line("DB-097")
    def test_runs_a_task_now(
        self, adapter: QueueAdapter, greeting: RecurringTask, operator: Client
    ) -> None:
        response = operator.post(to(TASK_ACT), {"action": "run", "key": "greeting"})

        assert enqueued(adapter) == 1
        assert "A job of greeting is enqueued" in told(response)[0]
        assert LogEntry.objects.get().object_id == "greeting"

    @pytest.mark.line("DB-098")
    def test_disables_and_enables_a_task(
        self, kept: RecurringStore, static: RecurringTask, operator: Client
    ) -> None:
        operator.post(to(TASK_ACT), {"action": "disable", "key": "static"})
        disabled = kept.find("static")
        page = page_of(operator)
        operator.post(to(TASK_ACT), {"action": "enable", "key": "static"})
        enabled = kept.find("static")

        assert disabled is not None
        assert not disabled.is_enabled
        assert "Disabled" in page
        assert enabled is not None
        assert enabled.is_enabled

    @pytest.mark.line("DB-099")
    def test_deletes_a_task_after_asking_back(
        self, kept: RecurringStore, greeting: RecurringTask, operator: Client
    ) -> None:
        form = {"action": "delete", "key": "greeting"}

        question = operator.post(to(TASK_ACT), form).content.decode()
        assert "Delete the recurring task greeting?" in question
        assert kept.find("greeting") is not None

        operator.post(to(TASK_ACT), {**form, "confirmed": "yes"})
        assert kept.find("greeting") is None

    def test_deletes_no_task_of_the_settings(
        self, kept: RecurringStore, static: RecurringTask, operator: Client
    ) -> None:
        form = {"action": "delete", "key": "static", "confirmed": "yes"}

        response = operator.post(to(TASK_ACT), form)

        assert told(response) == ["static stands in the settings; remove it there."]
        assert kept.find("static") is not None
        assert not LogEntry.objects.exists()

    def test_a_task_that_cannot_run_says_why(
        self, adapter: QueueAdapter, kept: RecurringStore, operator: Client
    ) -> None:
        definition = {"job": "shop.GoneJob", "every": 60.0}
        kept.add(RecurringTask(key="broken", definition=definition, is_static=False))

        response = operator.post(to(TASK_ACT), {"action": "run", "key": "broken"})

        assert "shop.GoneJob" in told(response)[0]
        assert enqueued(adapter) == 0

    def test_a_task_that_is_gone_is_told(self, adapter: QueueAdapter, operator: Client) -> None:
        response = operator.post(to(TASK_ACT), {"action": "run", "key": "gone"})

        assert told(response) == ["This recurring task is gone; nothing was done."]

    @pytest.mark.parametrize("form", [{}, {"action": "explode", "key": "greeting"}])
    def test_a_form_that_makes_no_sense_is_a_bad_request(
        self, greeting: RecurringTask, operator: Client, form: dict[str, str]
    ) -> None:
        assert operator.post(to(TASK_ACT), form).status_code == 400


NEW = {
    "key": "new",
    "job": HELLO,
    "schedule": "@daily UTC",
    "arguments": '["Ada"]',
    "misfire": "skip",
    "enabled": "on",
}


class TestForm:
    @pytest.mark.line("DB-099")
    def test_makes_a_task(self, kept: RecurringStore, operator: Client) -> None:
        form = {**NEW, "schedule": "0 2 * * * Europe/Berlin", "queue": "night", "priority": "-3"}

        response = operator.post(to(ADD_TASK), form)

        assert response.status_code == 302, response.content
        task = kept.find("new")
        assert task is not None
        assert not task.is_static
        assert task.definition["schedule"] == "0 2 * * * Europe/Berlin"
        assert task.definition["arguments"] == ["Ada"]
        assert (task.definition["queue"], task.definition["priority"]) == ("night", -3)
        assert LogEntry.objects.get().object_repr == "new"

    @pytest.mark.line("DB-099")
    def test_changes_a_task_and_shows_what_it_was(
        self, kept: RecurringStore, greeting: RecurringTask, operator: Client
    ) -> None:
        page = page_of(operator, EDIT_TASK, "greeting")
        assert "s3cret" in page
        assert "30 9 * * MON-FRI Europe/Berlin" in page

        response = operator.post(
            to(EDIT_TASK, "greeting"),
            {**NEW, "key": "another", "schedule": "", "every": "90", "arguments": '["Bob"]'},
        )

        assert response.status_code == 302, response.content
        changed = kept.find("greeting")
        assert changed is not None
        assert (changed.definition["every"], changed.definition["schedule"]) == (90.0, None)
        assert changed.definition["arguments"] == ["Bob"]
        assert kept.find("another") is None

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"schedule": "61 * * * *"}, "is no schedule that can come"),
            ({"schedule": "0 0 30 2 *"}, "is no schedule that can come"),
            ({"schedule": "0 2 * * * Europe/Atlantis"}, "is no time zone"),
            ({"schedule": "*," * 200}, "at most 255 characters"),
            ({"schedule": "", "every": ""}, "Write either a schedule or an interval."),
            ({"every": "60"}, "Write either a schedule or an interval."),
            ({"schedule": "", "every": "0.5"}, "greater than or equal to 1"),
            ({"schedule": "", "every": "99999999"}, "less than or equal to"),
            ({"schedule": "", "every": "nan"}, "Enter a number"),
            ({"job": "shop.GoneJob"}, "knows no job class of this name"),
            ({"arguments": "{}"}, "Write a JSON list"),
            ({"arguments": "[1"}, "This is not JSON"),
            ({"arguments": "[NaN]"}, "NaN is no value of JSON"),
            ({"arguments": "[" * 9000 + "]" * 9000}, "rguments"),
            ({"arguments": '["a", "b", "c"]'}, "too many positional arguments"),
            ({"arguments": '[{"_aj_globalid": "gid://nowhere/No/1"}]'}, "nowhere"),
            ({"keywords": '{"volume": 7}'}, "unexpected keyword argument"),
            ({"keywords": "[]"}, "Write a JSON object"),
            ({"key": "greeting"}, "There is a recurring task with this key."),
            ({"key": "a\x01b"}, "is no key for a recurring task"),
            ({"misfire": "explode"}, "Select a valid choice"),
            ({"priority": "99999999999"}, "less than or equal to"),
        ],
    )
    def test_refuses_what_makes_no_sense_and_says_why(
        self,
        kept: RecurringStore,
        greeting: RecurringTask,
        operator: Client,
        change: dict[str, str],
        message: str,
    ) -> None:
        response = operator.post(to(ADD_TASK), {**NEW, **change})

        assert response.status_code == 400
        assert message in errors_on(response)
        assert [task.key for task in kept.tasks()] == ["greeting"]
        assert not LogEntry.objects.exists()

    def test_refuses_a_class_whose_jobs_go_elsewhere(
        self, settings: Settings, operator: Client
    ) -> None:
        settings.ACTIVE_JOB = {
            "QUEUE_ADAPTER": "inline",
            "ADAPTERS": {"inline": {"ADAPTER": "inline"}, "kept": {"ADAPTER": "database"}},
        }

        response = operator.post(to(ADD_TASK) + "?adapter=kept", NEW)

        assert "is not the one that keeps the tasks of this class" in response.content.decode()

    def test_changes_no_task_of_the_settings(
        self, kept: RecurringStore, static: RecurringTask, operator: Client
    ) -> None:
        response = operator.post(to(EDIT_TASK, "static"), {**NEW, "key": "static"})

        assert told(response) == ["This task stands in the settings; change it there."]
        task = kept.find("static")
        assert task is not None
        assert task.definition["every"] == 300.0

    def test_of_a_task_that_is_gone_is_not_found(
        self, adapter: QueueAdapter, operator: Client
    ) -> None:
        assert operator.get(to(EDIT_TASK, "gone")).status_code == 404


ACTIONS = [
    ("run_recurringtask", {"action": "run"}),
    ("enable_recurringtask", {"action": "disable"}),
    ("manage_recurringtask", {"action": "delete", "confirmed": "yes"}),
]
ALL = ["view_recurringtask", "view_arguments", *(permission for permission, _ in ACTIONS)]


@pytest.mark.line("DB-105", "DB-106", "RQ-231")
class TestPermissions:
    @pytest.mark.parametrize(("permission", "form"), ACTIONS)
    def test_each_action_needs_its_own(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        login: Login,
        permission: str,
        form: dict[str, str],
    ) -> None:
        others = [name for name in ALL if name != permission]
        before = kept.find("greeting")

        response = login(*others).post(to(TASK_ACT), {**form, "key": "greeting"})

        assert response.status_code == 403
        assert kept.find("greeting") == before
        assert enqueued(adapter) == 0

    @pytest.mark.parametrize(("permission", "form"), ACTIONS)
    def test_each_action_works_with_its_own(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        login: Login,
        permission: str,
        form: dict[str, str],
    ) -> None:
        before = (kept.find("greeting"), enqueued(adapter))
        client = login("view_recurringtask", permission)

        response = client.post(to(TASK_ACT), {**form, "key": "greeting"})

        assert response.status_code == 302
        assert (kept.find("greeting"), enqueued(adapter)) != before

    def test_the_forms_need_theirs(
        self, kept: RecurringStore, greeting: RecurringTask, login: Login
    ) -> None:
        watcher = login("view_recurringtask", "view_arguments", "run_recurringtask")
        blind = login("view_recurringtask", "manage_recurringtask")

        assert watcher.get(to(ADD_TASK)).status_code == 403
        assert watcher.post(to(ADD_TASK), NEW).status_code == 403
        assert watcher.post(to(EDIT_TASK, "greeting"), NEW).status_code == 403
        assert blind.get(to(EDIT_TASK, "greeting")).status_code == 403
        assert blind.get(to(ADD_TASK)).status_code == 200
        assert [task.key for task in kept.tasks()] == ["greeting"]

    def test_readers_are_offered_no_buttons(self, greeting: RecurringTask, login: Login) -> None:
        client = login("view_recurringtask")

        for page in (page_of(client), page_of(client, TASK, "greeting")):
            assert 'name="action"' not in page
            assert to(ADD_TASK) not in page
            assert "/edit/" not in page

    def test_strangers_see_and_change_nothing(
        self, kept: RecurringStore, greeting: RecurringTask, login: Login
    ) -> None:
        client = login()

        assert client.get(to(TASKS)).status_code == 403
        assert client.get(to(TASK, "greeting")).status_code == 403
        assert client.post(to(TASK_ACT), {"action": "run", "key": "greeting"}).status_code == 403


@pytest.mark.line("DB-107", "RQ-232")
class TestMethods:
    def test_nothing_but_a_post_with_a_token_changes_anything(
        self,
        adapter: QueueAdapter,
        kept: RecurringStore,
        greeting: RecurringTask,
        operator: Client,
    ) -> None:
        form = {"action": "delete", "key": "greeting", "confirmed": "yes"}

        assert operator.get(to(TASK_ACT), form).status_code == 405
        assert operator.get(to(ADD_TASK), NEW).status_code == 200
        operator.handler.enforce_csrf_checks = True
        assert operator.post(to(TASK_ACT), form).status_code == 403
        assert operator.post(to(ADD_TASK), NEW).status_code == 403
        assert operator.post(to(EDIT_TASK, "greeting"), NEW).status_code == 403
        assert [task.key for task in kept.tasks()] == ["greeting"]
