from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from django_activejob import ActiveJob
from django_activejob.errors import UnknownJobClass
from django_activejob.job import registry
from tests.jobs.hello import HelloJob


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry as it was, whatever a test puts into it."""
    registry.names()
    kept = [(part, part.copy()) for part in _parts()]
    yield
    for part, copy in kept:
        part.clear()
        part.extend(copy) if isinstance(part, list) else part.update(copy)


def _parts() -> list[Any]:
    return [registry._unnamed, registry._classes, registry._names, registry._clashes]


def job_class(name: str, module: str, **attributes: Any) -> type[ActiveJob]:
    return type(name, (ActiveJob,), {"__module__": module, **attributes})


class TestNames:
    def test_inside_an_installed_app_the_module_does_not_matter(self) -> None:
        made = job_class("RefundJob", "tests.shop.jobs.payments")
        assert registry.name_of(made) == "shop.RefundJob"
        assert registry.find("shop.RefundJob") is made

    def test_elsewhere_it_is_the_dotted_path(self) -> None:
        assert registry.name_of(HelloJob) == "tests.jobs.hello.HelloJob"

    def test_a_wire_name_is_taken_but_not_inherited(self) -> None:
        parent = job_class("RubyJob", "tests.shop.jobs", wire_name="Admin::RubyJob")
        child = type("ChildJob", (parent,), {"__module__": "tests.shop.jobs"})
        assert registry.name_of(parent) == "Admin::RubyJob"
        assert registry.name_of(child) == "shop.ChildJob"

    def test_an_alias_finds_the_class_under_its_former_name(self) -> None:
        made = job_class("NewJob", "tests.shop.jobs", aliases=("shop.OldJob",))
        assert registry.find("shop.OldJob") is made
        assert registry.is_known("shop.OldJob")
        assert "shop.OldJob" in registry.names()


class TestFind:
    def test_an_unknown_name_says_what_may_have_happened(self) -> None:
        with pytest.raises(
            UnknownJobClass, match=r"shop\.NoJob: no job class of this name"
        ) as info:
            registry.find("shop.NoJob")
        assert info.value.job_class == "shop.NoJob"

    @pytest.mark.line("RQ-101")
    @pytest.mark.parametrize("name", ["os.system", "builtins.eval", "django.http.HttpResponse"])
    def test_nothing_is_imported_because_a_payload_names_it(self, name: str) -> None:
        with pytest.raises(UnknownJobClass):
            registry.find(name)

    def test_what_is_no_text_is_unknown(self) -> None:
        with pytest.raises(UnknownJobClass):
            registry.find(["a list"])  # type: ignore[arg-type]  # the mistake that is tested


class TestClashes:
    def test_two_classes_of_one_name_are_told_and_the_first_has_it(self) -> None:
        first = job_class("TwinJob", "tests.shop.jobs.one")
        second = job_class("TwinJob", "tests.shop.jobs.two")
        assert registry.find("shop.TwinJob") is first
        (clash,) = [clash for clash in registry.clashes() if clash.name == "shop.TwinJob"]
        assert (clash.first, clash.second) == (first, second)

    def test_a_reloaded_module_replaces_its_classes(self) -> None:
        job_class("ReloadedJob", "tests.shop.jobs.one")
        again = job_class("ReloadedJob", "tests.shop.jobs.one")
        assert registry.find("shop.ReloadedJob") is again
        assert not [clash for clash in registry.clashes() if clash.name == "shop.ReloadedJob"]
