"""Standard streams that nobody reads any more."""

from __future__ import annotations

import io
import os
import sys

import pytest

from django_activejob.runtime import streams


class TestFlush:
    @pytest.mark.line("RQ-117")
    def test_a_stream_without_a_reader_leads_nowhere_from_then_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with open(writing, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor
            monkeypatch.setattr(sys, "stdout", stream)
            stream.write("to nobody")
            streams.flush()
            stream.write("again")
            stream.flush()

    def test_streams_that_are_no_files_and_none_at_all_do_not_matter(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = io.StringIO()
        closed.close()
        monkeypatch.setattr(sys, "stdout", closed)
        monkeypatch.setattr(sys, "stderr", None)
        streams.flush()
