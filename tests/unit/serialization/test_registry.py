from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from django_activejob.errors import ConfigurationError, SerializationError
from django_activejob.serialization import (
    ObjectSerializer,
    add_serializers,
    deserialize,
    replace_serializers,
    serialize,
)
from django_activejob.serialization.registry import registry
from tests.unit.serialization.furniture import (
    Money,
    MoneySerializer,
    NamelessSerializer,
    OtherMoneySerializer,
    ShortText,
    ShortTextSerializer,
)

PATH = "tests.unit.serialization.furniture.MoneySerializer"


def kinds() -> list[type]:
    return [type(serializer) for serializer in registry().serializers]


class TestAdding:
    @pytest.mark.line("AJ-070")
    def test_a_serializer_joins_the_others(self) -> None:
        add_serializers(MoneySerializer)

        assert MoneySerializer in kinds()

    @pytest.mark.line("AJ-071")
    def test_adding_one_again_changes_nothing(self) -> None:
        add_serializers(MoneySerializer)
        before = kinds()

        add_serializers(MoneySerializer, MoneySerializer())

        assert kinds() == before

    @pytest.mark.line("AJ-069")
    def test_replacing_takes_the_former_ones_away(self) -> None:
        add_serializers(MoneySerializer)

        replace_serializers(ShortTextSerializer)

        assert MoneySerializer not in kinds()
        assert ShortTextSerializer in kinds()
        assert deserialize(serialize((1,))) == (1,)

    @pytest.mark.line("AJ-072")
    def test_one_without_klass_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match=r"NamelessSerializer: .* with `klass`"):
            add_serializers(NamelessSerializer)

        assert NamelessSerializer not in kinds()

    def test_two_with_one_name_are_refused(self) -> None:
        add_serializers(MoneySerializer)

        with pytest.raises(ConfigurationError, match="two serializers have this name"):
            add_serializers(OtherMoneySerializer)

    def test_a_serializer_shows_its_name(self) -> None:
        assert repr(MoneySerializer()) == f"<MoneySerializer {PATH}>"

    def test_an_unfinished_serializer_says_what_is_missing(self) -> None:
        class Unfinished(ObjectSerializer[Any]):
            klass = Money

        with pytest.raises(NotImplementedError, match="Unfinished has to implement serialize"):
            Unfinished().serialize(Money(1, "EUR"))
        with pytest.raises(NotImplementedError, match="Unfinished has to implement deserialize"):
            Unfinished().deserialize({})


class TestSettings:
    def test_the_settings_name_serializers(self, settings: Settings) -> None:
        settings.ACTIVE_JOB = {"SERIALIZERS": [PATH]}

        assert deserialize(serialize(Money(5, "EUR"))) == Money(5, "EUR")

    def test_a_change_of_the_settings_is_seen(self, settings: Settings) -> None:
        settings.ACTIVE_JOB = {"SERIALIZERS": [PATH]}
        serialize(Money(5, "EUR"))
        settings.ACTIVE_JOB = {}

        with pytest.raises(SerializationError, match=r'add a serializer for it to ACTIVE_JOB\["SE'):
            serialize(Money(5, "EUR"))

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("nowhere.Serializer", "'nowhere.Serializer' cannot be imported"),
            ("tests.unit.serialization.furniture.Money", "is not a subclass of ObjectSerializer"),
        ],
    )
    def test_a_wrong_path_is_told_with_its_place(
        self, path: str, expected: str, settings: Settings
    ) -> None:
        settings.ACTIVE_JOB = {"SERIALIZERS": [path]}

        with pytest.raises(
            ConfigurationError, match=rf'^ACTIVE_JOB\["SERIALIZERS"\]\[0\]: .*{expected}'
        ):
            serialize(ShortText("a"))
