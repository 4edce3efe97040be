from __future__ import annotations

import inspect

import pytest

from django_activejob import testing


class TestPublicNames:
    def test_each_is_there_and_says_what_it_is(self) -> None:
        assert all(inspect.getdoc(getattr(testing, name)) for name in testing.__all__)

    def test_dir_lists_them(self) -> None:
        assert set(testing.__all__) <= set(dir(testing))

    def test_another_is_refused(self) -> None:
        with pytest.raises(AttributeError, match=r"django_activejob\.testing.*'JobTest'"):
            _ = testing.JobTest
