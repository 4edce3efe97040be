from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from django_activejob.mail.addresses import check_address, check_addresses


class TestCheckAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "a@example.com",
            "Ada <ada@example.com>",
            '"Lovelace, Ada" <ada@example.com>',
            "Ädä <ada@example.com>",
            "ada@bücher.example",
            "root",
        ],
    )
    def test_one_that_can_be_sent_to_is_fine(self, address: str) -> None:
        check_address(address)

    @pytest.mark.parametrize(
        "address",
        ["", "two words", "a@", "@example.com", "a@example.com, b@example.com", "a@b@c"],
    )
    def test_one_that_cannot_is_named(self, address: str) -> None:
        with pytest.raises(ValueError, match="Invalid address") as raised:
            check_address(address)
        assert repr(address) in str(raised.value)

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_a_newline_brings_in_no_header(self, end: str) -> None:
        with pytest.raises(ValueError, match="Invalid address"):
            check_address(f"a@example.com{end}Bcc: b@example.com")


class TestCheckAddresses:
    @pytest.mark.parametrize("place", ["to", "cc", "bcc"])
    def test_every_recipient_is_looked_at(self, place: str) -> None:
        message = EmailMessage("S", "B", "a@example.com", ["b@example.com"])
        setattr(message, place, ["no address"])
        with pytest.raises(ValueError, match="Invalid address 'no address'"):
            check_addresses(message)

    def test_the_sender_is_looked_at(self) -> None:
        with pytest.raises(ValueError, match="Invalid address 'no sender'"):
            check_addresses(EmailMessage("S", "B", "no sender", ["b@example.com"]))
