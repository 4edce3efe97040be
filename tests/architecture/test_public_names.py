from __future__ import annotations

import inspect

import django_activejob


def public() -> dict[str, object]:
    names = [name for name in django_activejob.__all__ if not name.startswith("__")]
    return {name: getattr(django_activejob, name) for name in names}


class TestPublicNames:
    def test_there_are_some(self) -> None:
        assert "ActiveJob" in public()

    def test_each_says_what_it_is(self) -> None:
        silent = [
            name
            for name, value in public().items()
            if (inspect.isclass(value) or callable(value)) and not inspect.getdoc(value)
        ]

        assert silent == []

    def test_dir_lists_them(self) -> None:
        assert set(public()) <= set(dir(django_activejob))
