from __future__ import annotations

import pytest

from django_activejob.adapters.database.text import (
    MESSAGE_BYTES,
    TRACEBACK_BYTES,
    bounded,
    bounded_error,
    is_storable,
    storable,
)
from django_activejob.contracts import ErrorRecord


class TestStorable:
    @pytest.mark.parametrize("text", ["", "plain", "Grüße", "😀", "a\nb"])
    def test_ordinary_text_stays_as_it_is(self, text: str) -> None:
        assert is_storable(text)
        assert storable(text) == text

    @pytest.mark.parametrize(
        ("text", "expected"), [("a\0b", "a\N{REPLACEMENT CHARACTER}b"), ("a\ud800b", "a?b")]
    )
    def test_what_cannot_be_stored_is_marked(self, text: str, expected: str) -> None:
        assert not is_storable(text)
        assert storable(text) == expected


class TestBounded:
    def test_a_text_that_fits_is_not_cut(self) -> None:
        assert bounded("x" * 100, size=100) == "x" * 100

    def test_a_long_text_keeps_its_head_and_its_tail(self) -> None:
        cut = bounded("head" + "x" * 1_000 + "tail", size=200)
        assert cut.startswith("head")
        assert cut.endswith("tail")
        assert "(cut here)" in cut

    @pytest.mark.parametrize("letter", ["x", "ü", "😀", "\0"])
    def test_the_size_is_in_bytes(self, letter: str) -> None:
        assert len(bounded(letter * 1_000, size=200).encode()) <= 200


class TestBoundedError:
    @pytest.mark.line("RQ-096")
    def test_each_text_of_an_error_has_its_bound(self) -> None:
        error = bounded_error(
            ErrorRecord(class_name="E" * 999, message="m" * 10**6, traceback="t" * 10**6)
        )
        assert len(error.class_name) == 255
        assert len(error.message.encode()) <= MESSAGE_BYTES
        assert len(error.traceback.encode()) <= TRACEBACK_BYTES
