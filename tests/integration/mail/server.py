"""A mail server of the test: real SMTP, and it remembers what it was sent."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller

_BOUNDARY = re.compile(rb"={15}\d+==")
_OF_THE_MOMENT = re.compile(rb"^(Date|Message-ID): .*\r\n(?:[ \t].*\r\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    connection: int

    @property
    def comparable(self) -> tuple[str, tuple[str, ...], bytes]:
        """All of it but what differs from moment to moment: boundaries, date, id."""
        content = _OF_THE_MOMENT.sub(b"", self.content)
        for number, boundary in enumerate(dict.fromkeys(_BOUNDARY.findall(content))):
            content = content.replace(boundary, b"boundary-%d" % number)
        return self.sender, self.recipients, content


class MailServer:
    """Listens on a port that it keeps; may refuse recipients, or be down."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer_to_recipient = "250 OK"
        self.connections = 0
        self.port = _free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(  # noqa: N802 - aiosmtpd looks for it
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Greet."""
        self.connections += 1
        session.host_name, session.number = hostname, self.connections
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.answer_to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd looks for it
        """Take a message."""
        self.received.append(
            Received(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.original_content,
                connection=session.number,
            )
        )
        return "250 OK"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
