"""The app of the site: its one model has a name that Rails knows."""

from __future__ import annotations

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Lets vouchers stand for what the Rails application calls a Person."""

    name = "tests.interop.site.work"
    label = "work"

    def ready(self) -> None:
        """Say the name."""
        from tests.shop.models import Voucher

        Voucher.global_id_model_name = "Person"  # type: ignore[attr-defined]
