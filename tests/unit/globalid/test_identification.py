from __future__ import annotations

import copy
from dataclasses import dataclass

import pytest
from django.db import router
from django.utils.functional import SimpleLazyObject
from pytest_django import DjangoAssertNumQueries

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid import GlobalID, identification, is_identifiable, to_global_id
from tests.shop.factories import (
    CustomerFactory,
    OrderFactory,
    PersonFactory,
    ShelfFactory,
    VoucherFactory,
)
from tests.shop.models import Order, Person, Regular, Shelf


@dataclass
class Parcel:
    number: str

    def to_global_id(self, *, app: str = "post", **params: object) -> GlobalID:
        return GlobalID.create(app=app, model_name="Parcel", id_parts=(self.number,), params=params)


@pytest.mark.django_db
class TestNaming:
    @pytest.mark.line("GID-057", "GID-046", "GID-050", "GID-051")
    def test_a_model_instance_has_app_label_and_primary_key(self) -> None:
        person = PersonFactory()

        assert str(to_global_id(person)) == f"gid://shop/shop.Person/{person.pk}"

    def test_a_uuid_is_written_with_dashes(self) -> None:
        order = OrderFactory()

        assert str(to_global_id(order)) == f"gid://shop/shop.Order/{order.pk}"

    def test_a_text_is_escaped(self) -> None:
        voucher = VoucherFactory(code="a/b c?d=é")

        assert str(to_global_id(voucher)) == "gid://shop/shop.Voucher/a%2Fb+c%3Fd%3D%C3%A9"

    @pytest.mark.line("GID-005")
    def test_a_composite_key_has_parts(self) -> None:
        assert (
            str(to_global_id(ShelfFactory(aisle="A 1", level=2))) == "gid://shop/shop.Shelf/A+1/2"
        )

    def test_a_child_and_a_proxy_have_their_own_names(self) -> None:
        customer = CustomerFactory()

        assert to_global_id(customer).model_name == "shop.Customer"
        assert to_global_id(Regular.objects.get()).model_name == "shop.Regular"

    def test_a_deferred_instance_makes_no_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        PersonFactory()
        person = Person.objects.only("pk").get()

        with django_assert_num_queries(0):
            assert to_global_id(person).id_parts == (str(person.pk),)

    def test_a_lazy_user_is_named_as_what_it_stands_for(self) -> None:
        person = PersonFactory()

        assert to_global_id(SimpleLazyObject(lambda: person)) == to_global_id(person)

    def test_a_model_can_take_the_name_that_ruby_knows(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Person, "global_id_model_name", "Person", raising=False)

        assert to_global_id(PersonFactory()).model_name == "Person"
        assert to_global_id(CustomerFactory()).model_name == "shop.Customer"

    @pytest.mark.line("GID-053", "GID-059", "GID-064")
    def test_the_app_asked_for_goes_before_that_of_the_model(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Person, "global_id_app", "people", raising=False)
        person = PersonFactory()

        assert to_global_id(person).app == "people"
        assert to_global_id(person, app="bcx").app == "bcx"

    @pytest.mark.line("GID-058")
    def test_params_are_added(self) -> None:
        assert str(to_global_id(PersonFactory(), db="x")).endswith("?db=x")

    def test_an_object_may_name_itself(self) -> None:
        assert str(to_global_id(Parcel("7"))) == "gid://post/Parcel/7"
        assert str(to_global_id(Parcel("7"), app="mail", db=1)) == "gid://mail/Parcel/7?db=1"

    @pytest.mark.line("GID-065")
    def test_a_copy_with_another_key_has_another_id(self) -> None:
        person = PersonFactory()
        first = to_global_id(person)
        other = copy.copy(person)
        other.pk = person.pk + 1

        assert to_global_id(other) != first

    def test_classes_and_plain_objects_are_not_identifiable(self) -> None:
        assert not is_identifiable(Person)
        assert not is_identifiable(Parcel)
        assert not is_identifiable(object())
        with pytest.raises(InvalidGlobalID, match="type str has no global id"):
            to_global_id("x")  # type: ignore[arg-type]


@pytest.mark.django_db
class TestUnsaved:
    def test_an_instance_without_id_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match=r"shop.Person without an id. \(Maybe you forgot"):
            to_global_id(Person(name="x"))

    def test_a_composite_key_with_a_gap_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match=r"shop.Shelf without an id"):
            to_global_id(Shelf(aisle="A"))

    def test_an_id_that_was_made_before_saving_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match=r"shop.Order that has never been saved"):
            to_global_id(Order())

    def test_an_instance_made_of_a_known_id_is_taken(self) -> None:
        assert str(to_global_id(Person(pk=5))) == "gid://shop/shop.Person/5"

    def test_a_deleted_instance_is_refused(self) -> None:
        person = PersonFactory()
        person.delete()

        with pytest.raises(InvalidGlobalID, match="without an id"):
            to_global_id(person)


@pytest.mark.django_db
class TestDatabases:
    def test_the_default_database_is_not_written(self) -> None:
        person = PersonFactory()

        assert person._state.db == router.db_for_write(Person)
        assert "using" not in to_global_id(person).params

    def test_another_database_is_written(self) -> None:
        person = PersonFactory()
        person._state.db = "archive"

        assert to_global_id(person).params == {"using": "archive"}

    def test_a_replica_is_not_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        person = PersonFactory()
        person._state.db = "replica"
        monkeypatch.setattr(router, "db_for_read", lambda model: "replica")

        assert "using" not in to_global_id(person).params

    def test_a_mirror_is_not_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        person = PersonFactory()
        person._state.db = "mirror"
        databases = {"mirror": {"TEST": {"MIRROR": "default"}}}
        monkeypatch.setattr(identification, "connections", Databases(databases))

        assert "using" not in to_global_id(person).params


class Databases:
    def __init__(self, settings: dict[str, dict[str, dict[str, str]]]) -> None:
        self.settings = settings

    def __contains__(self, alias: str) -> bool:
        return alias in self.settings
