from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from django_activejob.serialization import inspect_arguments
from tests.shop.models import Person


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


class TestInspectArguments:
    def test_arguments_read_as_in_a_call(self) -> None:
        text = inspect_arguments([42, "a", (1,), {2}, Decimal("1.5")], {"b": [None]})

        assert text == "42, 'a', (1,), {2}, Decimal('1.5'), b=[None]"

    def test_models_show_as_global_ids_wherever_they_stand(self) -> None:
        person = Person(pk=5, name="secret")

        text = inspect_arguments([person, [person]], {"who": {"a": person}})

        assert "secret" not in text
        assert text.count("/shop.Person/5") == 3
        assert text.startswith("gid://")

    def test_a_model_without_id_shows_itself(self) -> None:
        assert inspect_arguments([Person(name="Ann")], {}) == "<Person: Ann>"

    def test_what_cannot_show_itself_is_named(self) -> None:
        assert inspect_arguments([Broken()], {}) == f"<{__name__}.Broken>"

    def test_the_text_is_bounded(self) -> None:
        assert len(inspect_arguments(["x" * 100_000, list(range(100_000))], {})) == 1000
        assert len(inspect_arguments([1] * 5000, {}, limit=50)) == 50
        assert len(inspect_arguments([], {"a": dict.fromkeys(range(5000))}, limit=50)) == 50

    def test_what_holds_itself_ends_with_an_ellipsis(self) -> None:
        ring: list[Any] = []
        ring.append(ring)

        assert inspect_arguments([ring], {}).count("…") == 1

    @pytest.mark.parametrize("value", [[], (), set(), {}])
    def test_empty_things_show_as_python_shows_them(self, value: object) -> None:
        assert inspect_arguments([value], {}) == repr(value)
