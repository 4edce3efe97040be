"""Log handlers that raise."""

from __future__ import annotations

import logging

import pytest

from django_activejob.runtime import log_handlers


class Broken(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.reported: list[str] = []

    def handle(self, record: logging.LogRecord) -> bool:
        raise RuntimeError("the log server is down")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - of logging
        self.reported.append(record.getMessage())


class TestShield:
    @pytest.mark.line("RQ-247")
    def test_what_they_raise_is_reported_as_logging_does_it(self) -> None:
        logger, handler = logging.getLogger("tests.broken"), Broken()
        logger.addHandler(handler)
        try:
            with pytest.raises(RuntimeError):
                logger.error("before")
            log_handlers.shield()
            log_handlers.shield()
            logger.error("after")
        finally:
            logger.removeHandler(handler)
        assert handler.reported == ["after"]
