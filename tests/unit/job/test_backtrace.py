from __future__ import annotations

import json

import pytest

from django_activejob.job.backtrace import caller, cleaned


def broken() -> None:
    json.loads("{")


class TestCleaned:
    @pytest.mark.line("AJ-222")
    def test_frames_of_libraries_are_left_out(self) -> None:
        with pytest.raises(ValueError, match="Expecting") as caught:
            broken()
        text = cleaned(caught.value)
        assert "in broken" in text
        assert "decoder.py" not in text
        assert "JSONDecodeError" in text

    def test_so_are_those_of_causes(self) -> None:
        def wrap() -> None:
            try:
                broken()
            except ValueError as error:
                raise RuntimeError("wrapped") from error

        with pytest.raises(RuntimeError) as caught:
            wrap()
        text = cleaned(caught.value)
        assert "direct cause" in text
        assert "decoder.py" not in text

    def test_without_a_frame_of_the_project_all_are_shown(self) -> None:
        error = ValueError("nowhere")
        assert cleaned(error) == "ValueError: nowhere\n"


class TestCaller:
    def test_it_is_the_nearest_frame_of_the_project(self) -> None:
        place = caller()
        assert place is not None
        assert "test_backtrace.py:" in place
        assert place.endswith("test_it_is_the_nearest_frame_of_the_project")
