"""Mail arrives, once, as Django would have sent it."""

from __future__ import annotations

import pytest

from tests.waiting import until

from .conftest import Post


class TestDelivery:
    @pytest.mark.parametrize("kind", ["rich", "plain"])
    def test_what_a_worker_sends_equals_what_django_sends(self, post: Post, kind: str) -> None:
        post.act(f"{kind} now")
        post.act(f"{kind} later")
        assert len(post.server.received) == 1
        post.project.runjobs().until_ready()
        until(lambda: len(post.server.received) == 2)
        by_django, by_us = post.server.received
        assert by_us.comparable == by_django.comparable
        until(lambda: post.project.console.counts() == {"finished": 1})

    def test_a_server_that_is_down_is_tried_again_until_it_is_up(self, post: Post) -> None:
        post.server.stop()
        post.act("plain later")
        post.project.runjobs().until_ready()
        for _ in range(2):
            until(lambda: post.project.console.counts().get("retrying") == 1)
            post.project.console.dispatch()
        until(lambda: post.project.console.counts().get("retrying") == 1)
        post.server.start()
        post.project.console.dispatch()
        until(lambda: post.project.console.counts() == {"finished": 1})
        assert len(post.server.received) == 1

    def test_a_refusal_for_good_fails_with_the_words_of_the_server(self, post: Post) -> None:
        post.server.answer_to_recipient = "550 5.1.1 nobody of this name lives here"
        post.act("plain later")
        post.project.runjobs().until_ready()
        until(lambda: post.project.console.counts() == {"failed": 1})
        (error,) = post.errors()
        assert "nobody of this name lives here" in error

    def test_a_refusal_for_now_is_tried_again(self, post: Post) -> None:
        post.server.answer_to_recipient = "450 4.2.0 greylisted, come back"
        post.act("plain later")
        post.project.runjobs().until_ready()
        until(lambda: post.project.console.counts().get("retrying") == 1)
        post.server.answer_to_recipient = "250 OK"
        post.project.console.dispatch()
        until(lambda: len(post.server.received) == 1)

    def test_many_messages_share_a_connection(self, post: Post) -> None:
        post.act("five later")
        post.project.runjobs("--threads", "1").until_ready()
        until(lambda: len(post.server.received) == 5)
        assert len({message.connection for message in post.server.received}) == 1


class TestQueueingBackend:
    """In processes of their own, because Django's test runner replaces every mail backend."""

    def test_send_mail_goes_to_the_background_unchanged(self, post: Post) -> None:
        post.act("plain now")
        (by_django,) = post.server.received
        post.queue_everything()
        post.act("plain now")
        assert len(post.server.received) == 1
        run = post.project.runjobs().until_ready()
        until(lambda: len(post.server.received) == 2)
        assert post.server.received[1].comparable == by_django.comparable
        until(lambda: post.project.console.counts() == {"finished": 1})
        assert "Traceback" not in run.log

    def test_a_password_reset_arrives_once(self, post: Post) -> None:
        post.queue_everything()
        post.act("reset")
        post.project.runjobs().until_ready()
        until(lambda: post.project.console.counts() == {"finished": 1})
        (message,) = post.server.received
        assert message.recipients == ("ada@example.com",)
