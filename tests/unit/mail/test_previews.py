from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path

from django_activejob.mail import MailerPreview, MessageDelivery
from tests.unit.mail.furniture import WelcomeMailer

urlpatterns = [path("mail/", include("django_activejob.mail.urls"))]
WELCOME = f"/mail/{__name__}.WelcomeMailerPreview"


class WelcomeMailerPreview(MailerPreview):
    def hello(self) -> MessageDelivery:
        return WelcomeMailer.hello(self._name())

    def rich(self) -> MessageDelivery:
        return WelcomeMailer.mail(
            to="a@example.com",
            body="Text",
            html_message="<script>alert(1)</script>",
            attachments=[("<report>.pdf", b"%PDF", "application/pdf")],
        )

    def nothing(self) -> MessageDelivery:
        made: Any = WelcomeMailer.nothing()
        return made

    def _name(self) -> str:
        return "Ada"


@pytest.fixture(autouse=True)
def _pages(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = True


def get(address: str) -> Any:
    return Client().get(address)


class TestPages:
    def test_the_list_names_every_preview(self) -> None:
        text = get("/mail/").content.decode()
        assert f'<a href="{WELCOME}/hello/">hello</a>' in text
        assert "_name" not in text

    def test_a_message_is_shown_with_headers_and_parts(self) -> None:
        text = get(f"{WELCOME}/rich/").content.decode()
        assert "<td>shop@example.com</td>" in text
        assert "text/plain" in text
        assert "text/html" in text
        assert "&lt;report&gt;.pdf" in text

    def test_a_part_is_shown_as_it_is_but_may_not_act(self) -> None:
        response = get(f"{WELCOME}/rich/1/")
        assert response.content.strip() == b"<script>alert(1)</script>"
        assert response["Content-Type"].startswith("text/html")
        assert response["Content-Security-Policy"].startswith("sandbox;")

    @pytest.mark.parametrize(
        "address",
        [
            f"{WELCOME}/lost/",
            f"{WELCOME}/_name/",
            f"{WELCOME}/nothing/",
            f"{WELCOME}/rich/9/",
            "/mail/Lost/hello/",
        ],
    )
    def test_what_is_not_there_is_not_found(self, address: str) -> None:
        assert get(address).status_code == 404

    @pytest.mark.parametrize("address", ["/mail/", f"{WELCOME}/hello/", f"{WELCOME}/rich/0/"])
    def test_without_debug_there_are_none(self, settings: Any, address: str) -> None:
        settings.DEBUG = False
        assert get(address).status_code == 404
