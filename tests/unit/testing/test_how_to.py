from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.furniture.inner_run import run_pytest

PROJECT = """
import django
from django.conf import settings

settings.configure(
    USE_TZ=True,
    INSTALLED_APPS=["django_activejob"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ACTIVE_JOB=ACTIVE_JOB,
)
django.setup()
"""

# In place of pytest-django, which takes settings from a module only.
DATABASE = """
import pytest
from django.test import TestCase

@pytest.fixture(autouse=True)
def _database(request):
    if request.node.get_closest_marker("django_db"):
        TestCase.setUpClass()
        request.addfinalizer(TestCase.tearDownClass)
"""


def program(page: str) -> str:
    settings, *rest = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    return "\n\n".join([settings, PROJECT, DATABASE, *rest])


class TestThePageAboutTesting:
    def test_its_examples_run(self, tmp_path: Path, pytestconfig: pytest.Config) -> None:
        page = (pytestconfig.rootpath / "docs" / "how-to" / "testing.md").read_text("utf-8")
        options = ("-p", "no:activejob", "-p", "django_activejob.testing.pytest_plugin")
        ended = run_pytest(tmp_path, program(page), *options, "-q", "-p", "no:cacheprovider")
        assert re.search(r"^10 passed", ended.stdout, re.MULTILINE), ended.stdout + ended.stderr
