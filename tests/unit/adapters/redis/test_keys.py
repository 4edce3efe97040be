from __future__ import annotations

from datetime import date

import pytest

from django_activejob.adapters.redis.keys import Keys

SIDEKIQS = [
    ("queues", "queues"),
    ("schedule", "schedule"),
    ("retry", "retry"),
    ("dead", "dead"),
    ("processes", "processes"),
    ("paused", "paused"),
    ("processed", "stat:processed"),
    ("failed", "stat:failed"),
]


class TestKeys:
    @pytest.mark.parametrize(("attribute", "key"), SIDEKIQS)
    def test_sidekiqs_are_spelled_as_sidekiq_spells_them(self, attribute: str, key: str) -> None:
        assert getattr(Keys(), attribute) == key

    def test_those_with_a_name_in_them_too(self) -> None:
        keys, identity = Keys(), "vm:20317:ef2506b06eab"

        assert keys.queue("default") == "queue:default"
        assert keys.process(identity) == identity
        assert keys.work(identity) == "vm:20317:ef2506b06eab:work"
        assert keys.workers(identity) == "vm:20317:ef2506b06eab:workers"
        assert keys.signals(identity) == "vm:20317:ef2506b06eab-signals"
        assert keys.processed_on(date(2026, 11, 21)) == "stat:processed:2026-11-21"
        assert keys.failed_on(date(2026, 11, 21)) == "stat:failed:2026-11-21"

    def test_ours_lie_where_sidekiq_does_not_look(self) -> None:
        keys = Keys()

        ours = [keys.owners, keys.claims("p"), keys.holders("k"), keys.unique("k"), keys.recurring]

        assert all(key.startswith("activejob:") for key in ours)
        assert len(set(ours)) == len(ours)

    def test_a_namespace_stands_before_every_key(self) -> None:
        keys = Keys("shop")

        found = [getattr(keys, attribute) for attribute, _ in SIDEKIQS]
        found += [keys.queue("default"), keys.process("vm:1:2"), keys.wake, keys.ticks("k")]

        assert all(key.startswith("shop:") for key in found)
