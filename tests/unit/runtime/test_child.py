"""Children, and the posts that they fill."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from django_activejob import signals
from django_activejob.runtime import child as child_module
from django_activejob.runtime import post as post_module
from django_activejob.runtime.birth import Birth, Exit
from django_activejob.runtime.child import Child, describe, fork
from django_activejob.runtime.configuration import ProcessPlan, Timing
from django_activejob.runtime.os_signals import SignalInbox
from django_activejob.runtime.post import Bear, Post
from django_activejob.runtime.started import StartedPage

PLAN = ProcessPlan(name="worker-1", worker=None, chores_for=(), timing=Timing())

Life = Callable[[ProcessPlan, Birth], None]


@pytest.fixture
def inbox() -> Iterator[SignalInbox]:
    inbox = SignalInbox()
    yield inbox
    inbox.close()


@pytest.fixture
def lead(monkeypatch: pytest.MonkeyPatch) -> Callable[[Life], None]:
    """Lets forked children lead another life than that of a process of ours."""
    monkeypatch.setattr(child_module, "take_leave_of_stores", lambda: None)
    return lambda life: monkeypatch.setattr(child_module, "live_and_exit", life)


def bearer(inbox: SignalInbox) -> Bear:
    return lambda plan, deaths: fork(plan, predecessors=deaths, inbox=inbox)


def status_of(child: Child) -> int:
    return os.waitpid(child.pid, 0)[1]


class TestDescribe:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (0, "exited with status 0"),
            (3 << 8, "exited with status 3"),
            (73 << 8, "was stopped by an operator"),
            (75 << 8, "left because the store had lost touch with it"),
            (signal.SIGKILL, "killed by SIGKILL"),
            (60, "killed by signal 60"),
        ],
    )
    def test_says_how_a_process_ended(self, status: int, words: str) -> None:
        assert describe(int(status)) == words


class TestChild:
    def test_says_that_it_is_ready(self, lead: Callable[[Life], None], inbox: SignalInbox) -> None:
        def life(plan: ProcessPlan, birth: Birth) -> None:
            os.write(birth.news, b".!")
            os._exit(0)

        lead(life)
        child = fork(PLAN, predecessors=(), inbox=inbox)
        assert not child.is_ready
        status = status_of(child)
        assert child.death(status) is None
        assert child.is_ready

    @pytest.mark.line("RQ-014")
    def test_its_death_says_what_had_started(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        def life(plan: ProcessPlan, birth: Birth) -> None:
            birth.page.mark("4:2")
            os.kill(os.getpid(), signal.SIGKILL)

        lead(life)
        child = fork(PLAN, predecessors=(), inbox=inbox)
        death = child.death(status_of(child))
        assert (death.reason, death.started) == ("killed by SIGKILL", ("4:2",))

    def test_a_signal_for_the_dead_is_no_error(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        lead(lambda plan, birth: os._exit(0))
        child = fork(PLAN, predecessors=(), inbox=inbox)
        status_of(child)
        child.send(signal.SIGTERM)

    @pytest.mark.line("RQ-198")
    def test_no_two_have_the_same_identity(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        lead(lambda plan, birth: os._exit(1))
        deaths = [
            child.death(status_of(child))
            for child in [fork(PLAN, predecessors=(), inbox=inbox) for _ in range(10)]
        ]
        assert len({death.process_id for death in deaths}) == 10

    @pytest.mark.line("RQ-021")
    def test_one_that_says_nothing_for_long_is_hung(self, monkeypatch: pytest.MonkeyPatch) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        child = Child(pid=1, process_id="abc", news=reading, page=StartedPage(slots=1))
        assert not child.is_hung()
        monkeypatch.setattr(child_module, "BOOT_TIMEOUT", -1.0)
        assert child.is_hung()
        os.write(writing, b"!")
        child.listen()
        assert not child.is_hung()
        os.close(reading)
        os.close(writing)


class TestPost:
    def test_the_first_replacement_comes_at_once_and_the_next_later(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        def life(plan: ProcessPlan, birth: Birth) -> None:
            os.write(birth.news, b"!")
            os._exit(3)

        lead(life)
        post = Post(PLAN, bear=bearer(inbox))
        assert post.is_due()
        self._live_and_die(post)
        assert post.is_due()
        self._live_and_die(post)
        assert not post.is_due()
        assert not post.is_hopeless

    def test_deaths_after_a_steady_life_are_replaced_at_once(
        self,
        lead: Callable[[Life], None],
        inbox: SignalInbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        lead(lambda plan, birth: os._exit(3))
        monkeypatch.setattr(post_module, "_STEADY", 0.0)
        post = Post(PLAN, bear=bearer(inbox))
        for _ in range(3):
            self._live_and_die(post)
            assert post.is_due()

    def test_a_host_with_no_room_for_a_child_is_asked_again_later(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object, **__: object) -> Child:
            raise BlockingIOError(11, "Resource temporarily unavailable")

        post = Post(PLAN, bear=fail)
        post.fill()
        assert post.child is None
        assert not post.is_due()
        assert caplog.messages == ["worker-1 cannot be started: Resource temporarily unavailable."]

    @pytest.mark.line("RQ-022")
    def test_it_is_hopeless_after_five_failed_boots(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        lead(lambda plan, birth: os._exit(1))
        post = Post(PLAN, bear=bearer(inbox))
        for _ in range(4):
            self._live_and_die(post)
        assert not post.is_hopeless
        self._live_and_die(post)
        assert post.is_hopeless

    def test_what_a_failed_boot_left_unburied_is_handed_on(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        reading, writing = os.pipe()

        def life(plan: ProcessPlan, birth: Birth) -> None:
            os.write(writing, bytes([len(birth.predecessors)]))
            if len(birth.predecessors) == 2:
                os.write(birth.news, b"!")
            os._exit(1)

        lead(life)
        post = Post(PLAN, bear=bearer(inbox))
        for _ in range(4):
            self._live_and_die(post)
        assert list(os.read(reading, 10)) == [0, 1, 2, 1]
        os.close(reading)
        os.close(writing)

    def test_a_replacement_is_told(self, lead: Callable[[Life], None], inbox: SignalInbox) -> None:
        told: list[dict[str, object]] = []

        def receive(**facts: object) -> None:
            told.append({name: facts[name] for name in ("pid", "reason", "replacement_pid")})

        lead(lambda plan, birth: os._exit(3))
        post = Post(PLAN, bear=bearer(inbox))
        first = self._live_and_die(post)
        signals.process_replaced.connect(receive)
        second = self._live_and_die(post)
        signals.process_replaced.disconnect(receive)
        assert told == [{"pid": first, "reason": "exited with status 3", "replacement_pid": second}]

    @pytest.mark.line("DB-090")
    def test_what_an_operator_stopped_is_not_replaced(
        self, lead: Callable[[Life], None], inbox: SignalInbox
    ) -> None:
        lead(lambda plan, birth: os._exit(Exit.STOPPED))
        post = Post(PLAN, bear=bearer(inbox))
        self._live_and_die(post)
        assert post.is_done
        assert not post.is_due()

    def _live_and_die(self, post: Post) -> int:
        post.fill()
        child = post.child
        post.vacate(child, status_of(child))
        return child.pid
