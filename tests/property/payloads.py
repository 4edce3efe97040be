"""JSON as a store may hold it, whoever wrote it."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from django_activejob.serialization.markers import GLOBALID, RESERVED, SERIALIZED
from django_activejob.serialization.registry import registry

FIELDS: Final = [
    "value",
    "time_zone",
    "parts",
    "begin",
    "end",
    "exclude_end",
    "class",
    "start",
    "stop",
    "step",
    "fold",
]

TEXTS: Final = [
    "gid://shop/shop.Person/1",
    "gid://shop/shop.Person/x",
    "gid://shop/shop.Shelf/a/1",
    "gid://shop/shop.Order/6f0a4c0e-8f8e-4d57-9d2e-0e6c6a3a9a55",
    "gid://shop/shop.Voucher/a?using=nowhere",
    "gid://shop/shop.Voucher/\ud800",
    "gid://shop/shop.Voucher/%00",
    "gid://shop/Nothing/1",
    "tests.shop.models.Person",
    "tests.shop.nothing_imports_this.Person",
    "django_activejob.__main__.main",
    "os.system",
    "this.Zen",
    "Europe/Paris",
    "../../etc/passwd",
    "2024-02-29T12:30:45.123456789+02:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999-23:00",
    "12:30",
    "AP8=",
    "1e999999",
    "NaN",
    "\ud800",
]

serializers = st.sampled_from(sorted(registry()._by_name))

texts = st.sampled_from(TEXTS) | st.text(max_size=12)

plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.integers(-(10**40), 10**40), st.floats(), texts
)


def holders(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What holds other JSON, more often than not with markers."""
    keys = st.sampled_from([*sorted(RESERVED), *FIELDS]) | texts
    fields = st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    return st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(keys, inner, max_size=4),
        st.builds(lambda text: {GLOBALID: text}, texts | inner),
        st.builds(lambda name, fields: {SERIALIZED: name, **fields}, serializers | inner, fields),
        st.builds(lambda name, value: {SERIALIZED: name, "value": value}, serializers, inner),
    )


payloads = st.recursive(plain, holders, max_leaves=20)
