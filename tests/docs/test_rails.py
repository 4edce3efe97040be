from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from django_activejob import conf, handler
from django_activejob.adapters.redis import RedisAdapter
from django_activejob.job import registry


@pytest.fixture
def page(pytestconfig: pytest.Config) -> list[str]:
    text = (pytestconfig.rootpath / "docs" / "how-to" / "rails.md").read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def names_in(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "billing.jobs"}
    exec(compile(program, str(Path("rails.md")), "exec"), names)
    return names


class TestThePageAboutRails:
    def test_its_settings_work(self, page: list[str]) -> None:
        with override_settings(**{k: v for k, v in names_in(page[0]).items() if k.isupper()}):
            assert conf.problems() == []
            assert isinstance(handler.adapter(), RedisAdapter)

    def test_its_classes_have_the_names_that_ruby_knows(self, page: list[str]) -> None:
        classes = names_in("\n".join(page[1:]))

        for name in ("InvoiceOrderJob", "WriteReportJob", "HardWorker"):
            assert registry.name_of(classes[name]) == name
        assert classes["HardWorker"].retry is True
