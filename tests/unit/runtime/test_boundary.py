"""Clean connections between two jobs."""

from __future__ import annotations

import pytest
from django.db import connection, connections, transaction
from django.test import override_settings

from django_activejob.runtime import boundary
from tests.shop.models import Person

from .fakes import claim

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_connection() -> None:
    connection.close()
    connection.ensure_connection()


class TestCleanAfter:
    def test_rolls_back_a_block_that_was_never_left(self, caplog: pytest.LogCaptureFixture) -> None:
        transaction.atomic().__enter__()
        Person.objects.create(name="Ada")
        boundary.clean_after(claim())
        assert not connection.in_atomic_block
        assert Person.objects.count() == 0
        assert caplog.messages == [
            "shop.ReportJob (6f0a): left a transaction open on the database 'default'; "
            "it has been rolled back."
        ]

    def test_what_a_later_job_writes_is_committed(self) -> None:
        transaction.atomic().__enter__()
        boundary.clean_after(claim())
        with transaction.atomic():
            Person.objects.create(name="Grace")
        connection.close()
        assert Person.objects.count() == 1

    def test_rolls_back_where_autocommit_was_switched_off(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        transaction.set_autocommit(False)
        Person.objects.create(name="Ada")
        boundary.clean_after(claim())
        assert transaction.get_autocommit()
        assert Person.objects.count() == 0
        assert "left a transaction open" in caplog.text

    def test_keeps_a_sound_connection_open(self, caplog: pytest.LogCaptureFixture) -> None:
        Person.objects.count()
        before = connection.connection
        boundary.clean_after(claim())
        assert connection.connection is before
        assert not caplog.messages

    def test_closes_a_connection_that_had_errors_and_does_not_answer(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection.errors_occurred = True
        monkeypatch.setattr(connection, "is_usable", lambda: False)
        boundary.clean_after(claim())
        assert connection.connection is None

    @pytest.mark.line("RQ-048")
    def test_a_job_may_close_all_connections_itself(self) -> None:
        connections.close_all()
        boundary.clean_after(claim())
        assert Person.objects.count() == 0

    def test_never_raises(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise RuntimeError("odd driver")

        monkeypatch.setattr(connection, "get_autocommit", fail)
        boundary.clean_after(claim())
        assert "its database connections could not be cleaned up" in caplog.text

    @pytest.mark.line("RQ-201")
    @override_settings(DEBUG=True)
    def test_forgets_the_queries_that_debug_collects(self) -> None:
        Person.objects.count()
        assert connection.queries_log
        boundary.clean_after(claim())
        assert not connection.queries_log


class TestCheckAfterRest:
    def test_closes_what_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "is_usable", lambda: False)
        boundary.check_after_rest()
        assert connection.connection is None

    def test_keeps_what_answers(self) -> None:
        before = connection.connection
        boundary.check_after_rest()
        assert connection.connection is before

    def test_never_raises(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> bool:
            raise RuntimeError("odd driver")

        monkeypatch.setattr(connection, "is_usable", fail)
        boundary.check_after_rest()
        assert "Idle database connections could not be checked." in caplog.text
        assert connection.connection is None


class TestCloseIdle:
    def test_closes_all(self) -> None:
        boundary.close_idle()
        assert connection.connection is None
