"""What is loaded when: seen from a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_IMPORTED = """
import sys
import django_activejob
heavy = ("job.base", "mail", "models", "adapters.database", "serialization")
print([name for name in heavy if f"django_activejob.{name}" in sys.modules])
print([name for name in ("django.db", "django.core.mail") if name in sys.modules])
"""
_SERIALIZED = """
from django.conf import settings
settings.configure(ACTIVE_JOB={"SERIALIZERS": ["own_serializer.PointSerializer"]})
from own_serializer import Point
from django_activejob.serialization import deserialize_arguments, serialize_arguments
written = serialize_arguments([Point(1, 2)], {})
print(written[0]["x"], deserialize_arguments(written)[0][0].y)
"""
_SERIALIZER = """
from dataclasses import dataclass
from django_activejob.serialization import ObjectSerializer

@dataclass
class Point:
    x: int
    y: int

class PointSerializer(ObjectSerializer[Point]):
    klass = Point

    def serialize(self, point):
        return {"x": point.x, "y": point.y}

    def deserialize(self, data):
        return Point(data["x"], data["y"])
"""


def run(code: str, *, cwd: Path | None = None) -> list[str]:
    """The lines that a fresh Python prints."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()


class TestImporting:
    @pytest.mark.line("EX-019")
    def test_the_package_loads_neither_jobs_nor_mail_nor_the_orm(self) -> None:
        assert run(_IMPORTED) == ["[]", "[]"]


class TestSerializersOfTheProject:
    @pytest.mark.line("EX-013")
    def test_they_work_where_nothing_but_the_arguments_is_used(self, tmp_path: Path) -> None:
        (tmp_path / "own_serializer.py").write_text(_SERIALIZER)
        assert run(_SERIALIZED, cwd=tmp_path) == ["1 2"]
