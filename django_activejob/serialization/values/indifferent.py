"""A Ruby hash whose keys may be given as text or as symbols."""

from __future__ import annotations

from typing import Any

from typing_extensions import override


class HashWithIndifferentAccess(dict[str, Any]):
    """A dict that is a HashWithIndifferentAccess in Ruby; here every dict is one already."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return f"HashWithIndifferentAccess({dict.__repr__(self)})"
