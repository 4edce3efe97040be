"""The page of memory that says what had begun."""

from __future__ import annotations

import os

import pytest

from django_activejob.runtime.started import StartedPage


class TestStartedPage:
    def test_holds_what_was_marked_and_not_cleared(self) -> None:
        page = StartedPage(slots=2)
        page.mark("1:1")
        page.mark("2:1")
        page.clear("1:1")
        assert page.tokens() == ("2:1",)

    def test_knows_which_of_them_are_overdue_until_they_are_settled(self) -> None:
        page = StartedPage(slots=2)
        page.mark("1:1")
        page.mark("2:1")
        page.mark_overdue("2:1")
        page.mark_overdue("9:9")
        assert page.tokens() == ("1:1", "2:1")
        assert page.overdue() == ("2:1",)
        page.clear("2:1")
        page.mark("3:1")
        assert page.overdue() == ()

    def test_is_empty_at_first(self) -> None:
        assert StartedPage(slots=1).tokens() == ()

    def test_clearing_what_was_never_marked_changes_nothing(self) -> None:
        page = StartedPage(slots=1)
        page.clear("9:9")
        assert page.tokens() == ()

    def test_keeps_tokens_of_any_script(self) -> None:
        page = StartedPage(slots=1)
        page.mark("zażółć-☃")
        assert page.tokens() == ("zażółć-☃",)

    def test_slots_are_used_again(self) -> None:
        page = StartedPage(slots=1)
        for number in range(2000):
            page.mark(str(number))
            page.clear(str(number))
        assert page.tokens() == ()

    def test_says_nothing_when_a_token_is_too_long_to_be_written(self) -> None:
        page = StartedPage(slots=1)
        page.mark("x" * 200)
        assert page.tokens() is None
        page.clear("x" * 200)
        assert page.tokens() == ()

    def test_says_nothing_when_it_is_full(self) -> None:
        page = StartedPage(slots=1)
        for number in range(1200):
            page.mark(str(number))
        assert page.tokens() is None
        for number in range(1199, -1, -1):
            page.clear(str(number))
        assert page.tokens() == ()

    @pytest.mark.line("RQ-014")
    def test_what_a_child_marks_can_be_read_after_its_death(self) -> None:
        page = StartedPage(slots=2)
        pid = os.fork()
        if pid == 0:
            page.mark("7:3")
            os._exit(1)
        os.waitpid(pid, 0)
        assert page.tokens() == ("7:3",)
        page.close()
