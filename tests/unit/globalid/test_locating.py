from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError

from django_activejob.errors import (
    ConfigurationError,
    InvalidGlobalID,
    RecordNotFound,
    RecordUnavailable,
)
from django_activejob.globalid import (
    GlobalID,
    ModelLocator,
    fetch,
    fetch_many,
    locate,
    locate_many,
    locator_for,
    model_class,
    to_global_id,
    use,
    use_default,
)
from tests.shop.factories import (
    CustomerFactory,
    OrderFactory,
    PersonFactory,
    ShelfFactory,
    TicketFactory,
    VoucherFactory,
)
from tests.shop.models import Customer, Order, Person, Regular
from tests.unit.globalid.abilities import Billable, Printable, Sendable

GONE = "gid://shop/shop.Person/404"


def line(*numbers: str, values: tuple[Any, Any]) -> Any:
    """A case that proves lines of the checklist."""
    return pytest.param(*values, marks=pytest.mark.line(*numbers))


class Drawer:
    """A locator for things that are in no database."""

    def model_class(self, gid: GlobalID) -> type:
        return str

    def locate_many(
        self, gids: Iterable[GlobalID], *, includes: Sequence[str] = ()
    ) -> Mapping[GlobalID, Any]:
        return {gid: f"thing {gid.id_parts[0]}" for gid in gids if gid.id_parts != ("404",)}


class BrokenDrawer(Drawer):
    def locate_many(
        self, gids: Iterable[GlobalID], *, includes: Sequence[str] = ()
    ) -> Mapping[GlobalID, Any]:
        raise DatabaseError("the drawer is stuck")


@pytest.mark.django_db
class TestLocate:
    @pytest.mark.line("GID-066", "GID-067", "GID-108", "GID-111", "GID-112", "GID-034", "GID-035")
    @pytest.mark.parametrize(
        "factory", [PersonFactory, CustomerFactory, OrderFactory, VoucherFactory, ShelfFactory]
    )
    def test_finds_by_id_text_and_param(self, factory: Any) -> None:
        instance = factory()
        gid = to_global_id(instance)

        assert locate(gid) == instance
        assert locate(str(gid)) == instance
        assert locate(gid.to_param()) == instance

    def test_a_proxy_comes_back_as_a_proxy(self) -> None:
        CustomerFactory()

        assert type(locate(to_global_id(Regular.objects.get()))) is Regular

    @pytest.mark.line("GID-121")
    def test_finds_by_the_name_that_ruby_uses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Person, "global_id_model_name", "Person", raising=False)
        person = PersonFactory()

        assert locate(f"gid://other-app/Person/{person.pk}") == person

    def test_two_models_with_one_name_are_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Person, "global_id_model_name", "Thing", raising=False)
        monkeypatch.setattr(Order, "global_id_model_name", "Thing", raising=False)

        with pytest.raises(LookupError, match="several models have this global_id_model_name"):
            locate("gid://shop/Thing/1")

    @pytest.mark.line("GID-113", "GID-115")
    @pytest.mark.parametrize("text", ["", "x", "gid://shop/shop.Person", "http://a/b/1", None, 5])
    def test_what_is_no_id_gives_none(self, text: str) -> None:
        assert locate(text) is None

    @pytest.mark.line("GID-116")
    @pytest.mark.parametrize(
        "text",
        ["gid://shop/shop.Person/1/2", "gid://shop/shop.Shelf/A", "gid://shop/shop.Shelf/A/1/2"],
    )
    def test_an_id_of_another_shape_gives_none(self, text: str) -> None:
        assert locate(text) is None

    def test_a_missing_row_raises_the_models_own_error(self) -> None:
        with pytest.raises(Person.DoesNotExist, match="is gone from its table"):
            locate(GONE)

    def test_an_unknown_model_raises(self) -> None:
        with pytest.raises(LookupError, match="no installed app has a model of this name"):
            locate("gid://shop/shop.Nothing/1")

    @pytest.mark.line("GID-131")
    def test_finds_what_the_default_manager_hides(self) -> None:
        ticket = TicketFactory(closed=True)

        assert locate(to_global_id(ticket)) == ticket

    @pytest.mark.line("GID-075", "GID-092")
    def test_includes_are_loaded_with_it(self, django_assert_num_queries: Any) -> None:
        order = OrderFactory()

        found = locate(to_global_id(order), includes=["person"])

        with django_assert_num_queries(0):
            assert found.person == order.person

    @pytest.mark.line("GID-076", "GID-093")
    def test_an_unknown_relation_raises(self) -> None:
        with pytest.raises(AttributeError, match="nothing"):
            locate(to_global_id(OrderFactory()), includes=["nothing"])

    @pytest.mark.line("GID-036", "GID-037", "GID-038", "GID-039", "GID-042", "GID-043")
    @pytest.mark.line("GID-068", "GID-069", "GID-070", "GID-071")
    @pytest.mark.parametrize(
        ("only", "is_found"),
        [
            (Customer, True),
            (Person, True),
            ((Order, Person), True),
            (Order, False),
            ((Order, str), False),
            line("GID-040", "GID-072", values=(Billable, True)),
            line("GID-041", "GID-073", values=(Sendable, False)),
            line("GID-044", values=((Sendable, Billable), True)),
            line("GID-045", values=((Sendable, Printable), False)),
            line("GID-074", values=((Order, Billable), True)),
        ],
    )
    def test_only_lets_some_classes_through(self, only: Any, is_found: bool) -> None:
        customer = CustomerFactory()

        assert locate(to_global_id(customer), only=only) == (customer if is_found else None)

    def test_using_names_the_database(self) -> None:
        person = PersonFactory()

        assert locate(f"{to_global_id(person)}?using=default") == person


@pytest.mark.django_db
class TestFetch:
    @pytest.mark.line("GID-077", "GID-078", "GID-079", "GID-080")
    def test_finds_what_is_there(self) -> None:
        shelf = ShelfFactory()

        assert fetch(to_global_id(shelf)) == shelf
        assert fetch(str(to_global_id(shelf)), only=type(shelf)) == shelf

    @pytest.mark.line("GID-081", "GID-082")
    def test_gives_none_for_no_id_and_for_another_class(self) -> None:
        assert fetch("not an id") is None
        assert fetch(to_global_id(PersonFactory()), only=Order) is None

    @pytest.mark.line("GID-083")
    def test_a_missing_row_is_not_found(self) -> None:
        with pytest.raises(RecordNotFound, match="404 is gone from its table") as caught:
            fetch(GONE)

        assert isinstance(caught.value.__cause__, Person.DoesNotExist)

    @pytest.mark.line("GID-084")
    def test_a_store_that_fails_is_unavailable(self) -> None:
        use("shop", BrokenDrawer())

        with pytest.raises(RecordUnavailable, match="the drawer is stuck") as caught:
            fetch("gid://shop/Thing/1")

        assert isinstance(caught.value.__cause__, DatabaseError)

    @pytest.mark.parametrize(
        "text",
        [
            "gid://shop/shop.Nothing/1",
            "gid://shop/Nothing/1",
            "gid://shop/shop.Person/x",
            "gid://shop/shop.Person/1/2",
            "gid://shop/shop.Order/not-a-uuid",
            "gid://shop/shop.Person/1?using=nowhere",
        ],
    )
    def test_what_cannot_be_looked_up_is_unavailable(self, text: str) -> None:
        with pytest.raises(RecordUnavailable, match="could not be looked up"):
            fetch(text)


@pytest.mark.django_db
class TestFetchMany:
    def test_leaves_out_what_is_gone(self) -> None:
        gid = to_global_id(person := PersonFactory())

        assert fetch_many([GlobalID.parse(GONE), gid]) == {gid: person}

    def test_one_that_cannot_be_looked_up_fails_all(self) -> None:
        gids = [to_global_id(PersonFactory()), GlobalID.parse("gid://shop/shop.Nothing/1")]

        with pytest.raises(RecordUnavailable, match=r"could not be looked up: shop.Nothing: no"):
            fetch_many(gids)


class TestModelClass:
    @pytest.mark.line("GID-052")
    def test_is_what_the_locator_says(self) -> None:
        use("drawer", Drawer())

        assert model_class("gid://drawer/Thing/1") is str
        assert model_class(GlobalID.parse("gid://shop/shop.Person/1")) is Person

    @pytest.mark.line("GID-052")
    @pytest.mark.parametrize("name", ["SignedGlobalID", "GlobalID", "shop.Nothing"])
    def test_what_is_no_model_has_none(self, name: str) -> None:
        with pytest.raises(LookupError, match=f"{name}: no installed app has a model of this name"):
            model_class(f"gid://shop/{name}/1")

    def test_what_is_no_id_has_none(self) -> None:
        with pytest.raises(InvalidGlobalID, match="'x' is not a global id"):
            model_class("x")


@pytest.mark.django_db
class TestLocateMany:
    @pytest.mark.line("GID-085", "GID-086", "GID-088", "GID-089", "GID-090")
    def test_keeps_order_and_repetition_with_one_query_a_model(
        self, django_assert_num_queries: Any
    ) -> None:
        ann, bob = PersonFactory.create_batch(2)
        order, shelf, other = OrderFactory(), ShelfFactory(), ShelfFactory()
        wanted = [bob, order, shelf, ann, bob, other]
        gids = [to_global_id(each) for each in wanted]

        with django_assert_num_queries(3):
            assert locate_many(gids) == wanted

    @pytest.mark.line("GID-127")
    def test_a_missing_row_raises(self) -> None:
        with pytest.raises(Person.DoesNotExist):
            locate_many([to_global_id(PersonFactory()), GONE])

    @pytest.mark.line("GID-087", "GID-128")
    def test_missing_rows_can_be_left_out(self) -> None:
        person = PersonFactory()

        assert locate_many([GONE, to_global_id(person)], ignore_missing=True) == [person]

    @pytest.mark.line("GID-091")
    def test_what_is_not_wanted_is_left_out(self) -> None:
        customer, person = CustomerFactory(), PersonFactory()
        gids = ["x", to_global_id(person), to_global_id(customer)]

        assert locate_many(gids, only=Customer) == [customer]

    def test_there_may_be_more_than_a_query_can_hold(self) -> None:
        persons = Person.objects.bulk_create(Person(name="x") for _ in range(1200))

        assert locate_many(map(to_global_id, persons)) == persons

    def test_nothing_gives_nothing(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert locate_many([]) == []

    @pytest.mark.line("GID-132", "GID-133")
    def test_finds_what_default_managers_hide(self) -> None:
        wanted = [TicketFactory(closed=True), PersonFactory(), TicketFactory()]

        assert locate_many(map(to_global_id, wanted)) == wanted

    def test_an_id_that_does_not_fit_raises(self) -> None:
        with pytest.raises(InvalidGlobalID, match=r"not a primary key of shop.Person"):
            locate_many(["gid://shop/shop.Person/x"])


class TestLocators:
    @pytest.mark.line("GID-117")
    def test_a_function_serves_an_app(self) -> None:
        use("post", lambda gid: f"parcel {gid.id_parts[0]}")

        assert locate("gid://post/Parcel/7") == "parcel 7"

    def test_a_function_that_finds_nothing_means_gone(self) -> None:
        use("post", lambda gid: None)

        with pytest.raises(RecordNotFound):
            fetch("gid://post/shop.Person/7")

    @pytest.mark.line("GID-118", "GID-121")
    def test_an_object_serves_an_app(self) -> None:
        use("drawer", Drawer())

        found = locate_many(["gid://drawer/Thing/1", "gid://drawer/Thing/2"], only=str)

        assert found == ["thing 1", "thing 2"]

    def test_what_a_locator_misses_is_gone(self) -> None:
        use("drawer", Drawer())

        with pytest.raises(ObjectDoesNotExist):
            locate("gid://drawer/Thing/404")

    @pytest.mark.line("GID-120")
    def test_the_case_of_the_app_does_not_count(self) -> None:
        use("Drawer", Drawer())

        assert locate("gid://dRAWER/Thing/1") == "thing 1"

    @pytest.mark.django_db
    def test_ids_of_several_apps_are_found_together(self) -> None:
        use("drawer", Drawer())
        person = PersonFactory()

        assert locate_many([to_global_id(person), "gid://drawer/Thing/1"]) == [person, "thing 1"]

    @pytest.mark.line("GID-130")
    def test_the_default_can_be_replaced(self) -> None:
        assert isinstance(locator_for(GlobalID.parse("gid://any/Thing/1")), ModelLocator)

        use_default(Drawer())

        assert locate("gid://any/Thing/1") == "thing 1"

    @pytest.mark.line("GID-032")
    def test_an_app_that_cannot_be_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match="is not an app name"):
            use("a:b", Drawer())

    def test_what_cannot_locate_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match=r"is not a locator\. Give it the methods"):
            use("post", object())  # type: ignore[arg-type]

    def test_a_function_shows_in_its_locator(self) -> None:
        use("post", len)  # type: ignore[arg-type]

        assert "len" in repr(locator_for(GlobalID.parse("gid://post/Parcel/7")))
