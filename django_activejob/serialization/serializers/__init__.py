"""One serializer a file, for what JSON lacks; in the order in which values are offered to them."""

from __future__ import annotations

from typing import Any, Final

from django_activejob.serialization.object_serializer import ObjectSerializer
from django_activejob.serialization.serializers.big_decimal import BigDecimalSerializer
from django_activejob.serialization.serializers.byte_text import BytesSerializer
from django_activejob.serialization.serializers.class_name import ModuleSerializer
from django_activejob.serialization.serializers.date import DateSerializer
from django_activejob.serialization.serializers.date_time import DateTimeSerializer
from django_activejob.serialization.serializers.duration import DurationSerializer
from django_activejob.serialization.serializers.enumeration import EnumSerializer
from django_activejob.serialization.serializers.naive_datetime import NaiveDatetimeSerializer
from django_activejob.serialization.serializers.number_range import NumberRangeSerializer
from django_activejob.serialization.serializers.path import PathSerializer
from django_activejob.serialization.serializers.query_dict import QueryDictSerializer
from django_activejob.serialization.serializers.range import RangeSerializer
from django_activejob.serialization.serializers.sets import FrozensetSerializer, SetSerializer
from django_activejob.serialization.serializers.symbol import SymbolSerializer
from django_activejob.serialization.serializers.time_of_day import TimeOfDaySerializer
from django_activejob.serialization.serializers.time_with_zone import TimeWithZoneSerializer
from django_activejob.serialization.serializers.times import TimeSerializer
from django_activejob.serialization.serializers.tuples import TupleSerializer
from django_activejob.serialization.serializers.unique_id import UUIDSerializer

BUILT_IN: Final[tuple[type[ObjectSerializer[Any]], ...]] = (
    EnumSerializer,  # before the types that an enumeration may also be
    SymbolSerializer,
    DurationSerializer,
    DateTimeSerializer,  # before the other times, which it is to Python
    TimeWithZoneSerializer,
    TimeSerializer,
    NaiveDatetimeSerializer,
    DateSerializer,  # after the times, which are dates to Python
    TimeOfDaySerializer,
    ModuleSerializer,
    RangeSerializer,
    NumberRangeSerializer,
    BigDecimalSerializer,
    UUIDSerializer,
    TupleSerializer,
    SetSerializer,
    FrozensetSerializer,
    BytesSerializer,
    PathSerializer,
    QueryDictSerializer,
)
