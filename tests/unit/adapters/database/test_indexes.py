from __future__ import annotations

import pytest
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.db import connections
from django.db.models import Q

from django_activejob.adapters.database.indexes import StateIndex
from django_activejob.adapters.database.models import Job


def sql_of(index: StateIndex, alias: str) -> str:
    editor = connections[alias].schema_editor(collect_sql=True)
    return str(index.create_sql(Job, editor))


class TestStateIndex:
    DUE = StateIndex(
        state="scheduled", besides=Q(id__gt=0), fields=["scheduled_at", "id"], name="due"
    )

    def test_it_is_partial_where_the_engine_can(self) -> None:
        assert "WHERE" in sql_of(self.DUE, "default")
        assert "\"state\" = 'scheduled'" in sql_of(self.DUE, "default")
        assert '"id" > 0' in sql_of(self.DUE, "default")

    def test_it_can_be_of_some_states(self) -> None:
        held = StateIndex(state=("ready", "running"), fields=["process_id"], name="held")
        assert "\"state\" IN ('ready', 'running')" in sql_of(held, "default")

    @pytest.mark.needs("mysql")
    @pytest.mark.django_db(databases=["mysql"])
    def test_elsewhere_the_state_leads(self) -> None:
        assert "(`state`, `scheduled_at`, `id`)" in sql_of(self.DUE, "mysql")

    def test_migrations_write_all_of_it(self) -> None:
        path, arguments, options = self.DUE.deconstruct()
        assert path.endswith("indexes.StateIndex")
        assert StateIndex(*arguments, **options) == self.DUE


class TestOurModels:
    def test_no_index_is_left_out_on_an_engine_without_partial_ones(self) -> None:
        models = apps.get_app_config("django_activejob").get_models()
        plain = [each.name for model in models for each in model._meta.indexes if each.condition]
        assert plain == []

    @pytest.mark.needs("mysql")
    @pytest.mark.django_db(databases=["mysql"])
    def test_django_has_nothing_to_say_about_them(self) -> None:
        config = apps.get_app_config("django_activejob")
        found = run_checks([config], tags=[Tags.models, Tags.database], databases=["mysql"])
        assert found == []
