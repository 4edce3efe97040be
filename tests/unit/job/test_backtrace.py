from __future__ import annotations

import json

import pytest

from django_activejob.job.backtrace import caller, cleaned, cleaned_text


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


class TestCleanedText:
    WHOLE = (
        "Traceback (most recent call last):\n"
        '  File "/srv/venv/lib/python3.12/site-packages/requests/api.py", line 3, in get\n'
        "    return session.get(url)\n"
        "           ^^^^^^^^^^^^^^^^\n"
        '  File "/srv/shop/jobs.py", line 7, in perform\n'
        "    fetch(url)\n"
        "ValueError: no tea\n"
    )

    @pytest.mark.line("DB-046")
    def test_has_the_frames_of_the_project_alone(self) -> None:
        assert cleaned_text(self.WHOLE) == (
            "Traceback (most recent call last):\n"
            '  File "/srv/shop/jobs.py", line 7, in perform\n'
            "    fetch(url)\n"
            "ValueError: no tea\n"
        )

    def test_without_a_frame_of_the_project_is_whole(self) -> None:
        whole = self.WHOLE.replace("/srv/shop", "/usr/lib/python3/dist-packages")
        assert cleaned_text(whole) == whole

    @pytest.mark.parametrize("text", ["", "line 1", '  File "', "x" * 100_000, "    " * 50_000])
    def test_takes_any_text(self, text: str) -> None:
        assert cleaned_text(text) == text
