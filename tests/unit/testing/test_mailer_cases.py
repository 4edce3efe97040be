"""What tests of one mailer have at hand, as Action Mailer's TestCase."""

from __future__ import annotations

import unittest
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from django_activejob.errors import ConfigurationError
from django_activejob.mail import Mailer, registry
from django_activejob.testing.mail import MailTestCase, MailTestMixin
from tests.unit.mail.furniture import SlowMailer, WelcomeMailer


class WelcomeMailerTest(MailTestMixin, unittest.TestCase):
    """A test case of a project; pytest is to leave it alone."""

    __test__ = False

    def runTest(self) -> None:  # noqa: N802 - unittest looks for it
        pass


class AboutSomethingElseTest(WelcomeMailerTest):
    pass


class DoubleMailer(Mailer):
    pass


class SaidByClass(WelcomeMailerTest):
    mailer_class = SlowMailer


class SaidByName(WelcomeMailerTest):
    mailer_class = registry.name_of(SlowMailer)


class SaidByWrongName(WelcomeMailerTest):
    mailer_class = "shop.LostMailer"


class TestTheMailer:
    @pytest.mark.line("AM-033")
    def test_it_is_the_one_of_which_the_test_has_the_name(self) -> None:
        assert WelcomeMailerTest().mailer is WelcomeMailer

    @pytest.mark.line("AM-034")
    def test_a_name_that_says_nothing_is_an_error(self) -> None:
        with pytest.raises(ConfigurationError) as raised:
            _ = AboutSomethingElseTest().mailer
        assert str(raised.value) == (
            "AboutSomethingElseTest: its name says that it tests AboutSomethingElse, and there is "
            "no such mailer. Say mailer_class = …, the class or its name."
        )

    def test_two_mailers_of_one_name_are_too_many(self) -> None:
        other = type("DoubleMailer", (Mailer,), {"__module__": "elsewhere"})
        case = type("DoubleMailerTest", (MailTestCase,), {"__test__": False})
        with pytest.raises(ConfigurationError, match="there are several mailers of this name"):
            _ = case().mailer
        registry._classes.remove(other)
        assert case().mailer is DoubleMailer

    @pytest.mark.line("AM-107")
    def test_the_test_names_its_class(self) -> None:
        assert SaidByClass().mailer is SlowMailer

    @pytest.mark.line("AM-109")
    def test_or_the_name_of_its_class(self) -> None:
        assert SaidByName().mailer is SlowMailer

    def test_a_name_of_none_is_an_error(self) -> None:
        with pytest.raises(ConfigurationError, match=r"SaidByWrongName\.mailer_class: shop\.Lost"):
            _ = SaidByWrongName().mailer


class TestTheExpectedMessage:
    @pytest.mark.line("AM-032", "AM-035")
    def test_it_is_blank_text_in_utf_8(self) -> None:
        expected = self.seen()[0]
        assert (expected.subject, expected.body, expected.to) == ("", "", [])
        sent = message_from_bytes(expected.message().as_bytes())
        assert sent["MIME-Version"] == "1.0"
        assert sent.get_content_type() == "text/plain"
        assert sent.get_content_charset() == "utf-8"

    def test_each_test_has_its_own(self) -> None:
        first, second = self.seen(tests=2)
        assert first is not second

    @pytest.mark.line("AM-036")
    def test_headers_say_what_is_not_in_ascii(self) -> None:
        expected = self.seen()[0]
        expected.subject = "Grüße aus Köln"
        written = message_from_bytes(expected.message().as_bytes())["Subject"]
        assert str(written).isascii()
        assert str(make_header(decode_header(written))) == "Grüße aus Köln"

    def seen(self, *, tests: int = 1) -> list[EmailMessage]:
        messages: list[EmailMessage] = []

        class LookingTest(WelcomeMailerTest):
            def runTest(self) -> None:  # noqa: N802 - unittest looks for it
                messages.append(self.expected)

        for _ in range(tests):
            run(LookingTest())
        return messages


class TestFixtures:
    @pytest.mark.line("AM-037")
    def test_their_lines_are_read_beside_the_test(self) -> None:
        assert WelcomeMailerTest().read_fixture("hello") == ["Hello Ada!\n", "Grüße\n"]

    def test_one_that_is_missing_is_an_error(self) -> None:
        with pytest.raises(FileNotFoundError, match="welcome_mailer"):
            WelcomeMailerTest().read_fixture("goodbye")


class TestTheOutbox:
    @pytest.mark.line("AM-105")
    def test_it_is_empty_before_and_after_each_test(self) -> None:
        class SendingTest(WelcomeMailerTest):
            found: ClassVar[list[Any]] = []

            def setUp(self) -> None:
                self.found.append(len(mail.outbox))

            def runTest(self) -> None:  # noqa: N802 - unittest looks for it
                WelcomeMailer.hello().deliver_now()
                self.found.append(len(mail.outbox))

        WelcomeMailer.hello().deliver_now()
        run(SendingTest())
        assert SendingTest.found == [0, 1]
        assert mail.outbox == []


def run(case: unittest.TestCase) -> None:
    result = unittest.TestResult()
    case(result)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
