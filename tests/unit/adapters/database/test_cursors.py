from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from django_activejob.adapters.database import cursors


class TestCursors:
    @pytest.mark.parametrize("key", [5, -1, datetime(2026, 8, 22, 12, 0, 0, 123456, tzinfo=UTC)])
    def test_a_place_comes_back(self, key: int | datetime) -> None:
        assert cursors.read(cursors.written(key, 7)) == (key, 7)

    @pytest.mark.parametrize(
        "place", [[1], [1, 2, 3], {}, ["x", 1], [1, "1"], [10**30, 1], [None, 1], [1.5, 1], 7]
    )
    def test_a_place_of_nobody_is_none(self, place: object) -> None:
        text = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
        assert cursors.read(text) is None
