"""Whether an address can be sent to: asked at once, not in a worker."""

from __future__ import annotations

from email.headerregistry import AddressHeader
from typing import Final

from django.core.mail import EmailMessage

# Local mailboxes such as "root", and names that only newer mail servers take.
_TOLERATED: Final = frozenset(
    {
        "addr-spec local part with no domain",
        "local-part contains non-ASCII characters)",
    }
)


def check_addresses(message: EmailMessage) -> None:
    """Checks the sender and every recipient, as Django's SMTP backend does when it sends.

    Raises:
        ValueError: one is not an address; the text names it.
    """
    for address in (message.from_email, *message.recipients()):
        check_address(str(address))


def check_address(address: str) -> None:
    """Checks that a text is one address, with or without a name.

    Raises:
        ValueError: it is not.
    """
    try:
        parsed = AddressHeader.value_parser(address)
    except IndexError:  # how the parser of Python 3.11 ends at some texts
        raise ValueError(f"Invalid address {address!r}.") from None
    defects = {str(defect) for defect in parsed.all_defects} - _TOLERATED
    if "\n" in address or "\r" in address:
        defects.add("it contains a newline")
    if defects:
        raise ValueError(f"Invalid address {address!r}: {'; '.join(sorted(defects))}.")
    if len(parsed.all_mailboxes) != 1:
        raise ValueError(f"Invalid address {address!r}: it must be a single address.")
