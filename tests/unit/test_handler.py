from __future__ import annotations

import os

import pytest
from django.test import override_settings

from django_activejob import handler
from django_activejob.adapters.database import DatabaseAdapter
from django_activejob.adapters.inline import InlineAdapter
from django_activejob.adapters.test import TestAdapter
from django_activejob.errors import InvalidOptions, UnknownAdapter


class TestAdapter_:  # noqa: N801 - TestAdapter is the name of the thing
    def test_the_setting_says_which_is_the_default(self) -> None:
        assert isinstance(handler.adapter(), TestAdapter)
        with override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": "inline"}):
            assert isinstance(handler.adapter(), InlineAdapter)

    def test_there_is_one_for_each_alias(self) -> None:
        assert handler.adapter("inline") is handler.adapter("inline")

    def test_an_alias_brings_its_options(self) -> None:
        entry = {"ADAPTER": "database", "OPTIONS": {"using": "postgres"}}
        with override_settings(ACTIVE_JOB={"ADAPTERS": {"jobs": entry}, "QUEUE_ADAPTER": "jobs"}):
            adapter = handler.adapter()
            assert handler.aliases() == ["jobs"]
        assert isinstance(adapter, DatabaseAdapter)
        assert adapter.transaction_alias == "postgres"

    def test_a_dotted_path_names_one_of_your_own(self) -> None:
        assert isinstance(
            handler.adapter("django_activejob.adapters.test.TestAdapter"), TestAdapter
        )

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("databse", "'databse' is no queue adapter. Did you mean 'database'?"),
            ("shop.queues.Mine", "'shop.queues.Mine' cannot be imported: No module named 'shop'"),
            ("os.path.join", "'os.path.join' is not a subclass of QueueAdapter."),
        ],
    )
    def test_a_wrong_name_says_where_it_stands_and_what_to_do(
        self, name: str, message: str
    ) -> None:
        with (
            override_settings(ACTIVE_JOB={"QUEUE_ADAPTER": name}),
            pytest.raises(UnknownAdapter) as info,
        ):
            handler.adapter()
        assert str(info.value).startswith('ACTIVE_JOB["QUEUE_ADAPTER"]: ')
        assert message in str(info.value)

    @pytest.mark.parametrize(
        ("adapter", "options", "message"),
        [
            ("database", {"usng": "x"}, '["usng"]: DatabaseAdapter has no such option. Did you'),
            (
                "inline",
                {"size": 1},
                '["size"]: InlineAdapter has no such option. This adapter takes',
            ),
        ],
    )
    def test_a_wrong_option_is_named(
        self, adapter: str, options: dict[str, object], message: str
    ) -> None:
        entry = {"ADAPTER": adapter, "OPTIONS": options}
        with (
            override_settings(ACTIVE_JOB={"ADAPTERS": {"jobs": entry}}),
            pytest.raises(InvalidOptions) as info,
        ):
            handler.adapter("jobs")
        assert f'ACTIVE_JOB["ADAPTERS"]["jobs"]["OPTIONS"]{message}' in str(info.value)


class TestFork:
    def test_a_child_makes_its_own_and_the_inherited_forget(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgotten = []
        adapter = handler.adapter("test")
        monkeypatch.setattr(adapter, "forget", lambda: forgotten.append(True))
        handler._forget_after_fork()
        assert forgotten == [True]
        assert handler.adapter("test") is not adapter

    def test_it_is_registered_with_the_interpreter(self) -> None:
        before = handler.adapter("test")
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(writer, b"own" if handler.adapter("test") is not before else b"old")
            os._exit(0)
        os.waitpid(pid, 0)
        assert os.read(reader, 3) == b"own"
