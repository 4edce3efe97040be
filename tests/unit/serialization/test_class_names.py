from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from django_activejob.errors import DeserializationError
from django_activejob.serialization import (
    add_class_names,
    deserialize,
    remove_class_names,
    serialize,
)
from django_activejob.serialization.class_names import find, name_of
from tests.shop.models import Customer, Person
from tests.unit.serialization.furniture import Outer, Size

MODULE = "tests.unit.serialization.furniture"


class OneClass:
    """Knows a single class, by the name that Ruby has for it."""

    def name_of(self, klass: type) -> str | None:
        return "Reports::Outer" if klass is Outer else None

    def find(self, name: str) -> type | None:
        return Outer if name == "Reports::Outer" else None


class TestNames:
    def test_a_class_is_named_by_its_path(self) -> None:
        assert name_of(Outer.Inner) == f"{MODULE}.Outer.Inner"
        assert find(f"{MODULE}.Outer.Inner") is Outer.Inner

    def test_a_source_goes_before_the_path(self) -> None:
        source = OneClass()
        add_class_names(source)
        add_class_names(source)

        raw = serialize([Outer, Person])

        assert raw[0]["value"] == "Reports::Outer"
        assert deserialize(raw) == [Outer, Person]
        remove_class_names(source)
        assert name_of(Outer) == f"{MODULE}.Outer"

    def test_a_model_with_a_name_for_ruby_goes_by_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Person, "global_id_model_name", "Person", raising=False)

        assert name_of(Person) == "Person"
        assert find("Person") is Person
        assert name_of(Customer) == "tests.shop.models.Customer"


class TestSecurity:
    @pytest.mark.parametrize(
        "name",
        [
            "os.system",
            "subprocess.Popen",
            "builtins.eval",
            f"{MODULE}.HTTPStatus",
            f"{MODULE}.json.JSONDecoder",
            f"{MODULE}.Nothing",
            f"{MODULE}.__doc__",
            f"{MODULE}.nothing.Nothing",
            "tests.unit.serialization.nothing.Nothing",
            "tests.unit.Nothing",
            "Nothing",
            "",
            "..",
            "shop.Person",
            None,
            5,
        ],
    )
    def test_a_payload_names_only_what_an_app_has(self, name: object) -> None:
        with pytest.raises(DeserializationError, match="no installed app has a class named"):
            find(name)

    @pytest.mark.parametrize(
        "module", ["this", "tests.shop.nothing_imports_this", "django_activejob.__main__"]
    )
    def test_a_module_that_nobody_imported_is_not_imported(
        self, module: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delitem(sys.modules, module, raising=False)

        with pytest.raises(DeserializationError, match="or its module has not been imported here"):
            find(f"{module}.Zen")

        assert module not in sys.modules

    def test_a_module_is_not_asked_for_what_it_would_have_to_make(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        lazy = ModuleType("tests.shop.lazy")
        attribute: Callable[[str], None] = asked.append
        monkeypatch.setattr(lazy, "__getattr__", attribute, raising=False)
        monkeypatch.setitem(sys.modules, "tests.shop.lazy", lazy)

        with pytest.raises(DeserializationError):
            find("tests.shop.lazy.Zen")

        assert asked == []

    def test_what_is_no_enumeration_is_no_member(self) -> None:
        raw = serialize(Size.LARGE) | {"class": f"{MODULE}.Outer"}

        with pytest.raises(DeserializationError, match="Outer is not an enumeration"):
            deserialize(raw)
