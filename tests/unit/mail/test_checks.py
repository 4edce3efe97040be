from __future__ import annotations

from typing import Any

import pytest

from django_activejob.mail import Mailer, registry
from django_activejob.mail.checks import check_mail

QUEUED = "django_activejob.mail.backends.QueuedEmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def found() -> list[tuple[str | None, str]]:
    return [(message.id, message.msg) for message in check_mail(None)]


def queued(using: Any) -> dict[str, Any]:
    return {"BACKEND": QUEUED, "OPTIONS": {"using": using}}


class TestMailers:
    def test_one_that_queues_for_one_that_sends_is_fine(self, settings: Any) -> None:
        settings.MAILERS = {"default": queued("smtp"), "smtp": {"BACKEND": SMTP}, "other": {}}
        assert found() == []

    @pytest.mark.parametrize("inner", ["default", "second"])
    def test_a_circle_is_found(self, settings: Any, inner: str) -> None:
        settings.MAILERS = {"default": queued(inner), "second": queued("smtp"), "smtp": {}}
        message = (
            f'MAILERS["default"]["OPTIONS"]["using"]: {inner!r} queues mail too, '
            "so nothing would ever be sent."
        )
        assert found() == [("activejob.E011", message)]

    @pytest.mark.parametrize("inner", [None, "lost"])
    def test_an_inner_one_that_is_missing_is_found(self, settings: Any, inner: Any) -> None:
        settings.MAILERS = {"default": queued(inner)}
        message = f'MAILERS["default"]["OPTIONS"]["using"]: {inner!r} is not an alias of MAILERS.'
        assert found() == [("activejob.E010", message)]

    def test_backends_that_cannot_be_imported_are_left_to_django(self, settings: Any) -> None:
        settings.MAILERS = {"default": {"BACKEND": "nowhere.Backend"}}
        assert found() == []


class TestEmailBackend:
    def test_one_that_queues_is_found(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {"EMAIL_BACKEND": QUEUED}
        ((id, message),) = found()
        assert id == "activejob.E011"
        assert message.startswith('ACTIVE_JOB["EMAIL_BACKEND"]: ')

    def test_one_that_cannot_be_imported_is_found(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {"EMAIL_BACKEND": "nowhere.Backend"}
        ((id, message),) = found()
        assert id == "activejob.E010"
        assert "'nowhere.Backend' cannot be imported" in message


class TestStorage:
    def test_an_alias_that_is_missing_is_found(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {"MAIL_ATTACHMENT_STORAGE": "defualt"}
        (check,) = check_mail(None)
        assert check.id == "activejob.E012"
        assert check.hint == "Did you mean 'default'?"


class TestNames:
    def test_two_mailers_with_one_name_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry, "_classes", [])
        for number in (1, 2):
            type(f"Mailer{number}", (Mailer,), {"wire_name": "ShopMailer"})
        ((id, message),) = found()
        assert id == "activejob.E013"
        assert message.startswith("ShopMailer: two mailers have this name")

    def test_one_that_is_loaded_again_is_fine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry, "_classes", [])
        for _ in range(2):
            type("ShopMailer", (Mailer,), {})
        assert found() == []


class TestSettings:
    def test_nothing_is_said_while_the_settings_cannot_be_read(self, settings: Any) -> None:
        settings.ACTIVE_JOB = {"EMAIL_BACKEND": 7}
        assert found() == []


class TestPaths:
    @pytest.mark.parametrize(
        ("key", "value", "message"),
        [
            ("MAIL_DELIVERY_JOB", "shop.no.Job", "'shop.no.Job' cannot be imported"),
            ("MAIL_DELIVERY_JOB", "tests.unit.mail.furniture.PlainJob", "delivers no mail."),
            ("MAIL_INTERCEPTORS", ["shop.no.Sandbox"], "'shop.no.Sandbox' cannot be imported"),
            ("MAIL_OBSERVERS", ["shop.no.Witness"], "'shop.no.Witness' cannot be imported"),
        ],
    )
    def test_one_that_leads_nowhere_is_found(
        self, settings: Any, key: str, value: Any, message: str
    ) -> None:
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, key: value}
        [(id, text)] = found()
        assert id == "activejob.E014"
        assert text.startswith(f'ACTIVE_JOB["{key}"]: ')
        assert message in text

    def test_a_delivery_job_of_the_project_is_fine(self, settings: Any) -> None:
        path = "tests.unit.mail.furniture.QueuedDeliveryJob"
        settings.ACTIVE_JOB = {**settings.ACTIVE_JOB, "MAIL_DELIVERY_JOB": path}
        assert found() == []
