from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError
from django.http import HttpRequest, QueryDict
from django.utils import timezone as django_timezone
from django.utils.datastructures import MultiValueDict
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, override
from pytest_django import DjangoAssertNumQueries

from django_activejob.errors import (
    DeserializationError,
    InvalidGlobalID,
    RecordNotFound,
    RecordUnavailable,
    SerializationError,
)
from django_activejob.globalid import to_global_id
from django_activejob.serialization import (
    DateTime,
    Duration,
    HashWithIndifferentAccess,
    Keywords,
    ObjectSerializer,
    Range,
    Symbol,
    add_serializers,
    deserialize,
    deserialize_arguments,
    serialize,
    serialize_arguments,
)
from django_activejob.serialization.serializers.params import ParamsSerializer
from tests.shop.factories import (
    CustomerFactory,
    OrderFactory,
    PersonFactory,
    ShelfFactory,
    TicketFactory,
    VoucherFactory,
)
from tests.shop.models import Order, Person
from tests.unit.serialization import furniture
from tests.unit.serialization.round_trip import through_json

Travel = Callable[[object], Any]

PARIS = ZoneInfo("Europe/Paris")
PLUS_TWO = timezone(timedelta(hours=2))
GONE = {"_aj_globalid": "gid://shop/shop.Person/404"}


def line(number: str, *values: object) -> Any:
    """A case of a data-driven test that proves one line of the checklist."""
    return pytest.param(*values, marks=pytest.mark.line(number))


class TestRoundTrip:
    @pytest.mark.parametrize(
        "value",
        [
            line("AJ-008", None),
            line("AJ-009", 15),
            line("AJ-010", 1.5),
            -0.0,
            line("AJ-011", 10**21),
            -(2**63),
            line("AJ-012", "a 😀 \x00 text"),
            line("AJ-013", True),
            line("AJ-014", False),
            line("AJ-015", Decimal(5)),
            Decimal("12.50"),
            Decimal("-1E+40"),
            line("AJ-016", Symbol("a")),
            line("AJ-017", timedelta(days=1)),
            timedelta(0),
            timedelta(hours=-3, microseconds=1),
            timedelta.max,
            line("AJ-018", date(2001, 2, 3)),
            line("AJ-019", datetime(2002, 10, 31, 2, 2, 2, 123456, tzinfo=PLUS_TWO)),
            line(
                "AJ-020", DateTime(2001, 2, 3, 4, 5, 6, 123456, tzinfo=timezone(timedelta(hours=3)))
            ),
            DateTime(2001, 2, 3, tzinfo=UTC),
            line("AJ-021", datetime(2002, 10, 31, 2, 2, 2, 123456, tzinfo=ZoneInfo("UTC"))),
            datetime(1, 1, 1, tzinfo=UTC),
            datetime.max.replace(tzinfo=ZoneInfo("America/New_York")),
            datetime(2024, 7, 14, 9, tzinfo=PARIS),
            datetime(2024, 7, 14, 9, 30, 1, 5),
            time(9, 30),
            time(9, 30, tzinfo=PLUS_TWO),
            time(9, 30, tzinfo=PARIS),
            line("AJ-022", [1, "a", [None, 2.5], {"b": True}]),
            line("AJ-023", {"a": 1, "b": [{"c": {}}], "é": 2}),
            line("AJ-024", furniture.Money),
            line("AJ-025", furniture.Outer.Inner),
            line("AJ-026", Person),
            line("AJ-027", Range(1, None)),
            line("AJ-028", Range(1, None, exclude_end=True)),
            line("AJ-029", Range(1, 10)),
            line("AJ-030", Range(1, 10, exclude_end=True)),
            line("AJ-031", Range("a", "z")),
            line("AJ-032", Range("A", "Z")),
            line("AJ-033", Range(date(2024, 1, 1), None)),
            line("AJ-034", Range(datetime(2024, 1, 1, tzinfo=UTC), date(2024, 2, 1))),
            line("AJ-035", Range(datetime(2024, 1, 1, tzinfo=PLUS_TWO), None)),
            line(
                "AJ-036",
                Range(datetime(2024, 1, 1, tzinfo=PARIS), datetime(2024, 7, 1, tzinfo=PARIS)),
            ),
            line("AJ-037", Range(DateTime(2024, 1, 1, tzinfo=PLUS_TWO), None)),
            line(
                "AJ-038",
                Range(DateTime(2024, 1, 1, tzinfo=UTC), DateTime(2024, 7, 1, tzinfo=PLUS_TWO)),
            ),
            line("AJ-039", Range(datetime(2024, 1, 1, tzinfo=PARIS), None)),
            range(1, 10, 2),
            (),
            (1, (2, [3])),
            {1, 2, 3},
            {1, "a"},
            frozenset({(1, 2)}),
            b"\x00\xff",
            UUID("6f0a4c0e-8f8e-4d57-9d2e-0e6c6a3a9a55"),
            Path("reports/1.pdf"),
            furniture.Size.LARGE,
            furniture.Rank.LOW,
            furniture.Status.OPEN,
            furniture.Right.READ | furniture.Right.WRITE,
            Duration({"months": 2, "days": 1}),
            Duration({"days": 1, "seconds": 90_000}),
            HashWithIndifferentAccess(a=1, b=HashWithIndifferentAccess()),
            QueryDict("color=red&color=blue&x="),
        ],
        ids=repr,
    )
    def test_a_value_comes_back_equal_and_of_its_type(self, value: object, travel: Travel) -> None:
        found = travel(value)

        assert found == value
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("5", "5.0"),
            ("1.10", "1.10"),
            ("-0.001", "-0.001"),
            ("-0", "-0.0"),
            ("1E-10", "0.0000000001"),
            ("-1.5E+3", "-1500.0"),
            ("0E+3", "0.0"),
        ],
    )
    def test_a_decimal_is_written_in_fixed_point_with_its_digits(
        self, value: str, text: str, travel: Travel
    ) -> None:
        assert serialize(Decimal(value))["value"] == text
        assert travel(Decimal(value)) == Decimal(value)

    def test_the_bounds_of_a_range_of_ruby_datetimes_keep_their_type(self, travel: Travel) -> None:
        found = travel(Range(DateTime(2024, 1, 1, tzinfo=UTC), None))

        assert type(found.begin) is DateTime

    def test_a_naive_ruby_datetime_comes_back_as_a_naive_time(self, travel: Travel) -> None:
        assert travel(DateTime(2024, 1, 1)) == datetime(2024, 1, 1)

    @pytest.mark.line("AJ-054", "AJ-063")
    def test_a_zoned_time_keeps_its_zone_whatever_the_current_one(self, travel: Travel) -> None:
        raw = serialize(datetime(2024, 7, 14, 9, tzinfo=PARIS))

        with django_timezone.override("Asia/Tokyo"):
            found = deserialize(raw)

        assert found == datetime(2024, 7, 14, 9, tzinfo=PARIS)
        assert found.tzinfo.key == "Europe/Paris"

    @pytest.mark.parametrize("fold", [0, 1])
    @pytest.mark.parametrize("month_and_day", [(3, 31), (10, 27)], ids=["gap", "overlap"])
    def test_the_hours_at_a_change_of_clocks_are_kept(
        self, month_and_day: tuple[int, int], fold: int, travel: Travel
    ) -> None:
        moment = datetime(2024, *month_and_day, 2, 30, tzinfo=PARIS, fold=fold)

        found = travel(moment)

        assert found.replace(fold=0) == moment.replace(fold=0)
        assert found.utcoffset() == moment.utcoffset()

    def test_a_naive_time_keeps_its_fold(self, travel: Travel) -> None:
        assert travel(datetime(2024, 10, 27, 2, 30, fold=1)).fold == 1
        assert travel(time(2, 30, fold=1)).fold == 1

    @pytest.mark.line("AJ-055")
    def test_a_duration_keeps_its_parts_and_counts_on(self, travel: Travel) -> None:
        found = travel(Duration({"years": 1, "days": 2}))

        assert found.parts == {"years": 1, "days": 2}
        assert (found * 2).parts == {"years": 2, "days": 4}
        assert (found + timedelta(days=1)).parts == {"years": 1, "days": 3}

    @pytest.mark.line("AJ-046")
    def test_each_key_keeps_its_kind(self, travel: Travel) -> None:
        found = travel({Symbol("a"): 1, "b": 2})

        assert [type(key) for key in found] == [Symbol, str]

    @pytest.mark.line("AJ-053")
    def test_only_an_indifferent_hash_comes_back_as_one(self, travel: Travel) -> None:
        found = travel([{"a": 1}, {Symbol("a"): 1}, HashWithIndifferentAccess(a=1)])

        assert [type(each) for each in found] == [dict, dict, HashWithIndifferentAccess]

    @pytest.mark.line("AJ-044")
    def test_a_text_that_looks_like_a_global_id_stays_text(self, travel: Travel) -> None:
        assert travel("gid://shop/shop.Person/1") == "gid://shop/shop.Person/1"

    @pytest.mark.line("AJ-048")
    def test_a_class_that_could_name_itself_is_still_a_class(self, travel: Travel) -> None:
        assert travel(Order) is Order


class TestNearestType:
    @pytest.mark.line("AJ-050")
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (furniture.ShortText("a"), "a"),
            (mark_safe("<b>"), "<b>"),
            (OrderedDict(a=1), {"a": 1}),
            (defaultdict(list, a=[1]), {"a": [1]}),
            (type("Numbers", (list,), {})([1]), [1]),
            (type("Number", (int,), {})(1), 1),
            (type("Real", (float,), {})(1.5), 1.5),
            (gettext_lazy("Yes"), "Yes"),
        ],
    )
    def test_an_heir_of_a_json_type_comes_back_as_that_type(
        self, value: object, expected: object, travel: Travel
    ) -> None:
        found = travel(value)

        assert found == expected
        assert type(found) is type(expected)

    def test_text_to_be_translated_is_translated_at_once(self, travel: Travel) -> None:
        with override("de"):
            raw = serialize(gettext_lazy("Yes"))

        assert deserialize(raw) == "Ja"

    def test_keys_that_are_heirs_of_text_become_text(self, travel: Travel) -> None:
        found = travel({SafeString("a"): 1, furniture.Status.OPEN: 2})

        assert [type(key) for key in found] == [str, str]
        assert found == {"a": 1, "open": 2}


class TestWireForm:
    @pytest.mark.line("AJ-051")
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ({Symbol("a"): 1}, {"a": 1, "_aj_symbol_keys": ["a"]}),
            ({"a": 1}, {"a": 1, "_aj_symbol_keys": []}),
            ({}, {"_aj_symbol_keys": []}),
            (
                HashWithIndifferentAccess(a=1),
                {"a": 1, "_aj_hash_with_indifferent_access": True},
            ),
            (Keywords(a=1), {"a": 1, "_aj_ruby2_keywords": ["a"]}),
        ],
    )
    def test_dicts_say_which_keys_are_symbols(self, value: object, expected: object) -> None:
        assert serialize(value) == expected

    @pytest.mark.parametrize(
        ("value", "name", "fields"),
        [
            (Symbol("a"), "Symbol", {"value": "a"}),
            (Decimal("123.45"), "BigDecimal", {"value": "123.45"}),
            (date(2001, 2, 3), "Date", {"value": "2001-02-03"}),
            (
                datetime(2002, 10, 31, 2, 2, 2, 123456, tzinfo=PLUS_TWO),
                "Time",
                {"value": "2002-10-31T02:02:02.123456000+02:00"},
            ),
            (
                datetime(2002, 10, 31, tzinfo=UTC),
                "Time",
                {"value": "2002-10-31T00:00:00.000000000Z"},
            ),
            (
                datetime(2020, 6, 30, 20, tzinfo=ZoneInfo("America/New_York")),
                "TimeWithZone",
                {"value": "2020-06-30T20:00:00.000000000-04:00", "time_zone": "America/New_York"},
            ),
            (
                datetime(2020, 6, 30, tzinfo=ZoneInfo("Etc/UTC")),
                "TimeWithZone",
                {"value": "2020-06-30T00:00:00.000000000Z", "time_zone": "Etc/UTC"},
            ),
            (
                datetime(1900, 1, 1, tzinfo=PARIS),
                "TimeWithZone",
                {"value": "1899-12-31T23:50:39.000000000Z", "time_zone": "Europe/Paris"},
            ),
            (
                Range(1, 5),
                "Range",
                {"begin": 1, "end": 5, "exclude_end": False},
            ),
            (
                Duration({"years": 1, "days": 2}),
                "Duration",
                {
                    "value": 31729752,
                    "parts": [[serialize(Symbol("years")), 1], [serialize(Symbol("days")), 2]],
                },
            ),
            (
                timedelta(days=1),
                "Duration",
                {"value": 86400, "parts": [[serialize(Symbol("days")), 1]]},
            ),
        ],
        ids=repr,
    )
    def test_what_ruby_has_is_written_as_ruby_writes_it(
        self, value: object, name: str, fields: dict[str, object]
    ) -> None:
        expected = {"_aj_serialized": f"ActiveJob::Serializers::{name}Serializer", **fields}

        assert serialize(value) == expected

    def test_equal_sets_look_equal(self) -> None:
        assert serialize({3, 1, 2})["value"] == [1, 2, 3]

    @pytest.mark.line("AJ-059")
    def test_keyword_arguments_are_the_last_dict(self) -> None:
        raw = serialize_arguments([1], {"a": 1, "b": {Symbol("c"): 3}})

        assert raw == [
            1,
            {
                "a": 1,
                "b": {"c": 3, "_aj_symbol_keys": ["c"]},
                "_aj_ruby2_keywords": ["a", "b"],
            },
        ]
        assert deserialize_arguments(raw) == ([1], {"a": 1, "b": {"c": 3}})

    def test_arguments_are_copied_not_shared(self) -> None:
        inner: list[int] = []
        raw = serialize_arguments([inner], {})

        inner.append(1)

        assert raw == [[]]


class TestReadingDicts:
    @pytest.mark.line("AJ-052")
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ({"a": 1, "_aj_symbol_keys": ["a"]}, {Symbol: 1}),
            ({"a": 1, "_aj_symbol_keys": []}, {str: 1}),
            ({"a": 1}, {str: 1}),
            ({"a": 1, "_aj_hash_with_indifferent_access": True}, {str: 1}),
            (HashWithIndifferentAccess({"a": 1, "_aj_symbol_keys": ["a"]}), {Symbol: 1}),
        ],
    )
    def test_the_marker_says_which_keys_are_symbols(
        self, raw: object, expected: dict[type, int]
    ) -> None:
        assert {type(key): value for key, value in deserialize(raw).items()} == expected

    def test_only_the_first_marker_is_consumed(self) -> None:
        raw = {"a": 1, "_aj_symbol_keys": [], "_aj_ruby2_keywords": ["a"]}

        assert deserialize(raw) == {"a": 1, "_aj_ruby2_keywords": ["a"]}

    def test_a_reference_beside_other_keys_is_plain_data(self) -> None:
        raw = {**GONE, "a": 1}

        assert deserialize(raw) == raw

    def test_a_marker_that_is_no_list_is_refused(self) -> None:
        with pytest.raises(DeserializationError, match="_aj_symbol_keys is not a list of keys: 5"):
            deserialize({"a": 1, "_aj_symbol_keys": 5})


@pytest.mark.django_db
class TestModels:
    @pytest.mark.line("AJ-043")
    @pytest.mark.parametrize(
        "factory",
        [
            PersonFactory,
            CustomerFactory,
            OrderFactory,
            VoucherFactory,
            ShelfFactory,
            lambda: TicketFactory(closed=True),
        ],
    )
    def test_an_instance_travels_as_its_global_id(self, factory: Any, travel: Travel) -> None:
        instance = factory()

        assert serialize(instance) == {"_aj_globalid": str(to_global_id(instance))}
        assert travel(instance) == instance

    @pytest.mark.line("AJ-045")
    def test_instances_travel_inside_lists_and_dicts(self, travel: Travel) -> None:
        ann, bob = PersonFactory.create_batch(2)
        value = [ann, {"b": bob}, (ann, {bob})]

        assert travel(value) == value

    def test_a_lazy_user_travels_as_what_it_stands_for(self, travel: Travel) -> None:
        person = PersonFactory()

        assert travel(SimpleLazyObject(lambda: person)) == person

    @pytest.mark.line("AJ-060")
    def test_an_unsaved_instance_is_refused(self) -> None:
        expected = (
            r'^arguments\[0\]\["who"\]: Unable to serialize shop.Person without an id. \(Maybe'
        )

        with pytest.raises(SerializationError, match=expected) as caught:
            serialize_arguments([{"who": Person()}], {})

        assert isinstance(caught.value.__cause__, InvalidGlobalID)

    @pytest.mark.line("AJ-061")
    @pytest.mark.parametrize(
        "raw",
        [
            GONE,
            [GONE],
            {"a": GONE},
            {
                "_aj_serialized": "ActiveJob::Serializers::RangeSerializer",
                "begin": GONE,
                "end": None,
                "exclude_end": False,
            },
        ],
        ids=["alone", "in a list", "in a dict", "in a range"],
    )
    def test_a_missing_row_is_not_found_wherever_it_stands(self, raw: object) -> None:
        with pytest.raises(RecordNotFound, match="404 is gone from its table") as caught:
            deserialize_arguments([raw])

        assert isinstance(caught.value, DeserializationError)
        assert isinstance(caught.value.__cause__, RecordNotFound)
        assert isinstance(caught.value.__cause__.__cause__, Person.DoesNotExist)

    def test_the_place_of_the_missing_row_is_told(self) -> None:
        expected = r'^Error while trying to deserialize arguments: arguments\[1\]\["who"\]: gid://'

        with pytest.raises(RecordNotFound, match=expected):
            deserialize_arguments([1, {"who": GONE}])

    @pytest.mark.line("AJ-062")
    def test_a_model_that_is_no_more_is_another_error(self) -> None:
        with pytest.raises(DeserializationError, match=r"shop.Nothing: no installed app") as caught:
            deserialize_arguments([{"_aj_globalid": "gid://shop/shop.Nothing/1"}])

        assert not isinstance(caught.value, RecordNotFound)
        assert isinstance(caught.value.__cause__, RecordUnavailable)

    @pytest.mark.line("AJ-062")
    def test_a_database_that_fails_is_another_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*arguments: object) -> None:
            raise DatabaseError("down")

        monkeypatch.setattr("django_activejob.globalid.model_locator._rows", fail)

        with pytest.raises(DeserializationError, match="could not be looked up: down") as caught:
            deserialize_arguments([GONE])

        assert isinstance(caught.value.__cause__, RecordUnavailable)

    @pytest.mark.parametrize(
        "text", ["", "x", None, 5, [], "gid://shop/shop.Person", "gid://shop/shop.Voucher/\ud800"]
    )
    def test_what_is_no_global_id_is_an_error_not_none(self, text: object) -> None:
        with pytest.raises(DeserializationError) as caught:
            deserialize({"_aj_globalid": text})

        assert isinstance(caught.value.__cause__, InvalidGlobalID)


@pytest.mark.django_db
class TestModelsTogether:
    def test_all_instances_of_a_model_take_one_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        ann, bob = PersonFactory.create_batch(2)
        order, other = OrderFactory.create_batch(2, person=None)
        raw = serialize_arguments([ann, order, {"who": (bob, Range(ann, None))}], {"other": other})

        with django_assert_num_queries(2):
            found = deserialize_arguments(raw)

        expected = [ann, order, {"who": (bob, Range(ann, None))}]
        assert found == (expected, {"other": other})

    def test_a_single_one_takes_one_query(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        raw = serialize(PersonFactory())

        with django_assert_num_queries(1):
            deserialize(raw)

    def test_what_is_gone_among_others_is_told_with_its_place(self) -> None:
        raw = [serialize(PersonFactory()), {"who": GONE}]

        with pytest.raises(
            RecordNotFound, match=r'arguments\[1\]\["who"\]: .*404 is gone'
        ) as caught:
            deserialize_arguments(raw)

        assert isinstance(caught.value.__cause__, RecordNotFound)

    @pytest.mark.parametrize(
        ("text", "cause"),
        [
            ("gid://shop/shop.Nothing/1", RecordUnavailable),
            ("gid://shop/shop.Person/x", RecordUnavailable),
            ("not an id", InvalidGlobalID),
        ],
    )
    def test_what_cannot_be_looked_up_among_others_is_told_with_its_place(
        self, text: str, cause: type[Exception]
    ) -> None:
        raw = [serialize(PersonFactory()), {"_aj_globalid": text}]

        with pytest.raises(DeserializationError, match=r"arguments\[1\]: ") as caught:
            deserialize_arguments(raw)

        assert isinstance(caught.value.__cause__, cause)

    def test_references_beside_other_keys_are_not_looked_up(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        raw = [{**GONE, "a": 1}, {**GONE, "b": 2}]

        with django_assert_num_queries(0):
            assert deserialize_arguments(raw) == (raw, {})


class TestRefusedArguments:
    @pytest.mark.line("AJ-040", "AJ-041", "AJ-058", "AJ-064")
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (object(), "an object of type object cannot travel in a job. Pass what it is made of"),
            (furniture.Money(1, "EUR"), "type tests.unit.serialization.furniture.Money cannot"),
            (
                Person.objects.none(),
                "QuerySet cannot travel in a job. Pass the instances as a list",
            ),
            (Person.objects, "Pass the instances as a list"),
            (HttpRequest(), "Pass what the job needs of the request"),
            (to_global_id(Person(pk=1), app="shop"), "Pass the instance itself, or str()"),
            (len, "Pass a text that says what to do"),
            (lambda: None, "Pass a text that says what to do"),
            (bytearray(b"a"), r"Pass bytes\(value\)"),
            (ValueError("x"), r"an object of type ValueError .* Pass str\(error\)"),
            (PurePosixPath("a"), "Pass a Path"),
            (furniture.Point(1, 2), r"Pass tuple\(value\), or value._asdict\(\)"),
            (MultiValueDict({"a": [1]}), r"Pass dict\(value.lists\(\)\)"),
            (iter([]), r"Pass list\(value\)"),
            (1j, "type complex"),
            (float("nan"), "nan cannot travel in a job, for JSON has no such number"),
            (float("-inf"), "-inf cannot travel"),
            (datetime(1, 1, 1, tzinfo=PARIS), "the time 0001-01-01 .* in UTC it lies in no year"),
            (Decimal("NaN"), "the decimal NaN cannot travel"),
            (Decimal("1E+999999"), "a decimal of more than 4,200 digits"),
            (Decimal("1E-5000"), "a decimal of more than 4,200 digits"),
            (Decimal("1" * 4200), "a decimal of more than 4,200 digits"),
            (10**5000, "more than 4,200 digits"),
            ("\ud800", "half a surrogate pair"),
            (furniture.ShortText("\ud800"), "half a surrogate pair"),
            (QueryDict("name=\ud800", encoding="utf-8"), "half a surrogate pair"),
            (furniture.HTTPStatus.OK, "the class http.HTTPStatus cannot travel"),
            (ValueError, "the class builtins.ValueError cannot travel"),
        ],
        ids=lambda value: None if isinstance(value, str) else type(value).__name__,
    )
    def test_the_error_says_where_what_and_what_instead(self, value: object, expected: str) -> None:
        with pytest.raises(SerializationError, match=rf"^arguments\[0\]: .*{expected}"):
            serialize_arguments([value], {})

    @pytest.mark.line("AJ-040")
    def test_what_is_not_json_cannot_be_read(self) -> None:
        with pytest.raises(DeserializationError, match=r"arguments\[0\]: .* object is not JSON"):
            deserialize_arguments([object()])

    @pytest.mark.line("AJ-042")
    def test_a_class_that_nobody_can_find_again_is_refused(self) -> None:
        with pytest.raises(SerializationError, match=r"the class .*ShortLived cannot travel"):
            serialize_arguments([type("ShortLived", (), {})], {})

    @pytest.mark.line("AJ-056")
    @pytest.mark.parametrize("key", [1, None, (1,), True])
    def test_keys_must_be_text_at_any_depth(self, key: object) -> None:
        expected = f"only text can be the key of a dict in a job, but .* {type(key).__name__}"

        with pytest.raises(SerializationError, match=expected):
            serialize_arguments([[{"a": {key: 1}}]], {})

    def test_keys_must_be_unicode(self) -> None:
        with pytest.raises(SerializationError, match="half a surrogate pair"):
            serialize({"\ud800": 1})

    @pytest.mark.line("AJ-057")
    @pytest.mark.parametrize("kind", [str, Symbol])
    @pytest.mark.parametrize(
        "key",
        [
            "_aj_globalid",
            "_aj_symbol_keys",
            "_aj_ruby2_keywords",
            "_aj_hash_with_indifferent_access",
            "_aj_serialized",
        ],
    )
    def test_the_keys_of_the_markers_are_reserved(self, key: str, kind: type[str]) -> None:
        with pytest.raises(SerializationError, match=f"the key '{key}' is reserved"):
            serialize_arguments([{kind(key): 1}], {})
        with pytest.raises(SerializationError, match=f"the key '{key}' is reserved"):
            serialize_arguments([], {key: 1})

    @pytest.mark.parametrize(
        ("positional", "keywords", "place"),
        [
            ([1, {"at": object()}], {}, 'arguments[1]["at"]'),
            ([[0, (1, object())]], {}, "arguments[0][1][1]"),
            ([Range(1, object())], {}, "arguments[0].end"),
            ([], {"cart": object()}, "cart="),
            ([], {"cart": {"items": [object()]}}, 'cart["items"][0]'),
        ],
    )
    def test_the_place_is_told(
        self, positional: list[object], keywords: dict[str, object], place: str
    ) -> None:
        with pytest.raises(SerializationError) as caught:
            serialize_arguments(positional, keywords)

        assert str(caught.value).startswith(f"{place}: an object of type object cannot travel")

    def test_a_single_value_is_its_own_place(self) -> None:
        with pytest.raises(SerializationError, match=r'^value\["a"\]: an object of type object'):
            serialize({"a": object()})


class TestDepth:
    def nested(self, levels: int) -> list[Any]:
        value: list[Any] = []
        for _ in range(levels - 1):
            value = [value]
        return value

    def test_what_ruby_can_still_read_travels(self, travel: Travel) -> None:
        assert travel(self.nested(95)) == self.nested(95)

    @pytest.mark.parametrize("levels", [96, 100_000])
    def test_what_is_deeper_is_refused(self, levels: int) -> None:
        with pytest.raises(SerializationError, match="nested deeper than 96 levels, or inside"):
            serialize_arguments([self.nested(levels)], {})

    def test_what_holds_itself_is_refused(self) -> None:
        ring: dict[str, Any] = {}
        ring["self"] = (ring,)

        with pytest.raises(SerializationError, match="nested deeper than 96 levels, or inside"):
            serialize_arguments([], {"ring": ring})

    @pytest.mark.parametrize("wrap", [lambda value: [value], lambda value: {"a": value}])
    def test_what_was_stored_deeper_is_not_read(self, wrap: Callable[[Any], Any]) -> None:
        raw: Any = []
        for _ in range(500):
            raw = wrap(raw)

        with pytest.raises(DeserializationError, match="nested deeper than 96 levels"):
            deserialize_arguments([raw])

    def test_serialized_objects_count_as_levels(self) -> None:
        raw: Any = 1
        for _ in range(500):
            raw = {"_aj_serialized": "django_activejob.TupleSerializer", "value": raw}

        with pytest.raises(DeserializationError, match="nested deeper than 96 levels"):
            deserialize(raw)


class TestUnreadable:
    @pytest.mark.parametrize("raw", [None, {}, "x", 5])
    def test_arguments_must_be_a_list(self, raw: Any) -> None:
        with pytest.raises(DeserializationError, match="is not a list") as caught:
            deserialize_arguments(raw)

        assert isinstance(caught.value.__cause__, ValueError)

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda raw: {"not": raw},
            lambda raw: [{"_aj_serialized": None, "value": raw}],
            lambda raw: [{"_aj_serialized": raw}],
            lambda raw: [{"_aj_globalid": raw}],
            lambda raw: [{"_aj_symbol_keys": [raw[0][0]]}, raw],
        ],
    )
    def test_the_error_is_short_however_deep_the_payload(self, wrap: Callable[[Any], Any]) -> None:
        raw: Any = ["x" * 10_000]
        for _ in range(50_000):
            raw = [raw, 1]

        with pytest.raises(DeserializationError) as caught:
            deserialize_arguments(wrap(raw))

        assert len(str(caught.value)) < 1000

    @pytest.mark.line("AJ-066")
    @pytest.mark.parametrize("name", [None, ""])
    def test_a_serializer_without_name_is_told_with_the_dict(self, name: object) -> None:
        with pytest.raises(DeserializationError, match=r"is not present in .*'cents': 5") as caught:
            deserialize({"_aj_serialized": name, "cents": 5})

        assert isinstance(caught.value.__cause__, ValueError)

    @pytest.mark.line("AJ-067")
    @pytest.mark.parametrize("name", ["DoNotExist", "os.system", ["x"]])
    def test_an_unknown_serializer_is_told(self, name: object) -> None:
        with pytest.raises(DeserializationError, match="is not known here") as caught:
            deserialize({"_aj_serialized": name})

        assert isinstance(caught.value.__cause__, ValueError)

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("ActiveJob::Serializers::DateSerializer", {"value": "-0001-01-01"}),
            ("ActiveJob::Serializers::DateSerializer", {}),
            ("ActiveJob::Serializers::TimeSerializer", {"value": "2024-01-01T00:00:00"}),
            (
                "ActiveJob::Serializers::TimeWithZoneSerializer",
                {"value": "2024-01-01T00:00:00Z", "time_zone": "../../etc/passwd"},
            ),
            ("ActiveJob::Serializers::BigDecimalSerializer", {"value": "x"}),
            ("ActiveJob::Serializers::DurationSerializer", {"value": 1, "parts": 5}),
            ("django_activejob.UUIDSerializer", {"value": "x"}),
            ("django_activejob.BytesSerializer", {"value": "?"}),
        ],
    )
    def test_fields_that_do_not_fit_are_told_with_the_serializer(
        self, name: str, fields: dict[str, object]
    ) -> None:
        with pytest.raises(DeserializationError, match=f"{name}: ") as caught:
            deserialize({"_aj_serialized": name, **fields})

        assert caught.value.__cause__ is not None

    def test_an_error_deep_inside_is_told_with_its_place(self) -> None:
        bad = {"_aj_serialized": "django_activejob.UUIDSerializer", "value": "x"}
        raw = {"_aj_serialized": "django_activejob.TupleSerializer", "value": [1, bad]}

        with pytest.raises(DeserializationError, match=r'arguments\[0\]\["a"\]\[1\]: django_act'):
            deserialize_arguments([{"a": raw}])


class TestRubysForms:
    def test_a_date_time_equals_the_time(self) -> None:
        raw = {
            "_aj_serialized": "ActiveJob::Serializers::DateTimeSerializer",
            "value": "2001-02-03T04:05:06.123456789+00:00",
        }

        assert deserialize(raw) == datetime(2001, 2, 3, 4, 5, 6, 123456, tzinfo=UTC)

    def test_a_zoned_time_without_zone_is_put_in_the_current_one(self) -> None:
        raw = {
            "_aj_serialized": "ActiveJob::Serializers::TimeWithZoneSerializer",
            "value": "2024-07-14T07:00:00Z",
        }

        with django_timezone.override("Europe/Paris"):
            found = deserialize(raw)

        assert found.isoformat() == "2024-07-14T09:00:00+02:00"

    def test_a_duration_of_a_fraction_is_kept_as_it_was(self) -> None:
        raw = through_json(serialize(Duration({"hours": 1.5}, 5400.0)))

        assert raw["value"] == 5400.0
        assert deserialize(raw).parts == {"hours": 1.5}
        assert serialize(deserialize(raw)) == raw

    def test_mailers_send_keywords_inside_lists(self) -> None:
        raw = [{"args": [{"name": "x", "_aj_ruby2_keywords": ["name"]}], "_aj_symbol_keys": []}]

        positional, keywords = deserialize_arguments(raw)

        assert keywords == {}
        assert type(positional[0]["args"][0]) is Keywords
        assert serialize_arguments(positional, {}) == raw


class TestParams:
    def test_a_query_dict_keeps_all_its_values(self, travel: Travel) -> None:
        found = travel(QueryDict("color=red&color=blue"))

        assert found.getlist("color") == ["red", "blue"]

    @pytest.mark.line("AJ-047")
    def test_with_its_serializer_it_is_an_indifferent_hash(self, travel: Travel) -> None:
        params = QueryDict("name=Ann&color=red&color=blue", mutable=True)
        params.setlist("none", [])
        add_serializers(ParamsSerializer)

        raw = serialize(params)

        assert raw == {
            "name": "Ann",
            "color": ["red", "blue"],
            "none": [],
            "_aj_hash_with_indifferent_access": True,
        }
        assert type(travel(params)) is HashWithIndifferentAccess

    def test_its_place_is_told_as_that_of_a_dict(self) -> None:
        params = QueryDict(mutable=True)
        params["file"] = object()  # type: ignore[assignment]
        add_serializers(ParamsSerializer)

        with pytest.raises(SerializationError, match=r'^value\["file"\]: an object of type object'):
            serialize(params)


class TestCustomTypes:
    def test_a_serializer_goes_before_the_built_in_one(self) -> None:
        class RoundedSerializer(ObjectSerializer[Decimal]):
            klass = Decimal

            def serialize(self, value: Decimal) -> dict[str, object]:
                return {"value": int(value)}

        add_serializers(RoundedSerializer)

        assert serialize(Decimal("1.5"))["value"] == 1

    @pytest.mark.line("AJ-049")
    def test_an_heir_of_text_with_a_serializer_keeps_its_type(self, travel: Travel) -> None:
        add_serializers(furniture.ShortTextSerializer)

        assert type(travel(furniture.ShortText("a"))) is furniture.ShortText

    @pytest.mark.line("AJ-065", "AJ-068")
    def test_a_value_is_written_with_the_name_of_its_serializer(self, travel: Travel) -> None:
        add_serializers(furniture.MoneySerializer)
        money = furniture.Money(1250, "EUR")

        assert serialize(money) == {
            "_aj_serialized": "tests.unit.serialization.furniture.MoneySerializer",
            "cents": 1250,
            "currency": "EUR",
        }
        assert travel([money]) == [money]

    def test_its_fields_may_hold_what_can_travel(self, travel: Travel) -> None:
        add_serializers(furniture.MoneySerializer)
        money = furniture.Money(Decimal("12.50"), Symbol("EUR"))  # type: ignore[arg-type]

        assert travel(money) == money

    def test_its_own_refusal_is_told_with_the_place(self) -> None:
        class Strict(furniture.MoneySerializer):
            def serialize(self, value: furniture.Money) -> Any:
                raise SerializationError("no debts, please.")

        add_serializers(Strict)

        with pytest.raises(SerializationError, match=r"^arguments\[0\]: no debts, please.$"):
            serialize_arguments([furniture.Money(-1, "EUR")], {})
