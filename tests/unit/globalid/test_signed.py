from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from pytest_django import Settings

from django_activejob import clock
from django_activejob.globalid import (
    GlobalID,
    SignedGlobalID,
    locate,
    locate_many_signed,
    locate_signed,
    model_class,
    to_global_id,
    to_signed_global_id,
    use_signer,
)
from tests.shop.factories import CustomerFactory, OrderFactory, PersonFactory, ShelfFactory
from tests.shop.models import Customer, Order, Person
from tests.unit.globalid.abilities import Billable, Sendable

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)
PERSON = GlobalID.parse("gid://shop/shop.Person/5")
TOKEN = (
    "eyJnaWQiOiJnaWQ6Ly9zaG9wL3Nob3AuUGVyc29uLzUiLCJw"
    "dXJwb3NlIjoiZGVmYXVsdCIsImV4cGlyZXNfYXQiOm51bGx9:"
    "mcQ426-rFoMMPVTHHqXTYx4MFIZx0hMvrbGR9TFz8hA"
)


@pytest.fixture(autouse=True)
def own_signer() -> Iterator[None]:
    yield
    use_signer(None)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


def set_clock(monkeypatch: pytest.MonkeyPatch, time: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: time)


class TestToken:
    @pytest.mark.line("GID-134", "GID-139")
    def test_is_the_same_for_the_same_secret(self, settings: Settings) -> None:
        settings.SECRET_KEY = "muchSECRETsoHIDDEN"
        token = str(SignedGlobalID(global_id=PERSON))

        assert token == TOKEN
        assert SignedGlobalID.parse(token) == SignedGlobalID(global_id=PERSON)

    @pytest.mark.line("GID-167")
    def test_is_signed_with_the_secret_key(self, settings: Settings) -> None:
        signer = signing.Signer(
            key=settings.SECRET_KEY, salt="django_activejob.signed_global_ids", fallback_keys=[]
        )

        assert signer.unsign_object(str(SignedGlobalID(global_id=PERSON)))["gid"] == str(PERSON)

    def test_of_a_former_secret_key_is_still_read(self, settings: Settings) -> None:
        token = str(SignedGlobalID(global_id=PERSON))
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "the new one"

        assert SignedGlobalID.parse(token) is not None

    @pytest.mark.line("GID-168")
    def test_is_made_and_read_by_the_signer_of_the_project(self) -> None:
        by_default = str(SignedGlobalID(global_id=PERSON))
        signer = signing.Signer(key="another", salt="another")

        use_signer(signer)

        token = str(SignedGlobalID(global_id=PERSON))
        assert signer.unsign_object(token)["gid"] == str(PERSON)
        assert SignedGlobalID.parse(token) is not None
        assert SignedGlobalID.parse(by_default) is None

    @pytest.mark.line("GID-158", "GID-160")
    def test_can_stand_in_a_url(self) -> None:
        assert (
            str(SignedGlobalID(global_id=PERSON))
            .replace(":", "")
            .replace("-", "")
            .replace("_", "")
            .isalnum()
        )

    @pytest.mark.line("GID-135")
    def test_keeps_the_id_with_its_params(self) -> None:
        gid = GlobalID.parse("gid://shop/shop.Person/5?using=other")

        signed = SignedGlobalID.parse(str(SignedGlobalID(global_id=gid)))

        assert signed is not None
        assert signed.global_id == gid

    @pytest.mark.line("GID-140")
    def test_is_not_shown(self) -> None:
        assert repr(SignedGlobalID(global_id=PERSON)) == "<SignedGlobalID for 'default'>"

    @pytest.mark.line("GID-137", "GID-138", "GID-147")
    def test_equals_another_for_the_same_object_and_purpose(self) -> None:
        signed = SignedGlobalID(global_id=PERSON)

        assert signed == SignedGlobalID(global_id=PERSON, expires_at=NOW)
        assert signed != SignedGlobalID(global_id=PERSON, purpose="login")
        assert signed != PERSON
        assert signed.global_id == PERSON

    @pytest.mark.line("GID-141", "GID-142")
    def test_differs_by_purpose(self) -> None:
        token = str(SignedGlobalID(global_id=PERSON))

        assert token == str(SignedGlobalID(global_id=PERSON, purpose="default"))
        assert token != str(SignedGlobalID(global_id=PERSON, purpose="login"))


class TestParsing:
    @pytest.mark.line("GID-143", "GID-144", "GID-145")
    def test_another_purpose_gives_none(self) -> None:
        token = str(SignedGlobalID(global_id=PERSON, purpose="login"))

        assert SignedGlobalID.parse(token, purpose="login") is not None
        assert SignedGlobalID.parse(token, purpose="logout") is None
        assert SignedGlobalID.parse(token) is None

    @pytest.mark.line("GID-114")
    @pytest.mark.parametrize("text", ["", "x", "a:b", "gid://shop/shop.Person/5"])
    def test_what_is_no_token_gives_none(self, text: str) -> None:
        assert SignedGlobalID.parse(text) is None

    def test_a_token_of_another_secret_gives_none(self, settings: Settings) -> None:
        token = str(SignedGlobalID(global_id=PERSON))
        settings.SECRET_KEY = "another secret"

        assert SignedGlobalID.parse(token) is None

    @pytest.mark.parametrize(
        "content", [[], {}, {"gid": "x", "purpose": "default", "expires_at": None}]
    )
    def test_a_genuine_signature_of_something_else_gives_none(self, content: object) -> None:
        token = signing.Signer(salt="django_activejob.signed_global_ids").sign_object(content)

        assert SignedGlobalID.parse(token) is None


@pytest.mark.django_db
class TestExpiry:
    def parses_after(
        self, signed: SignedGlobalID, time: timedelta, monkeypatch: pytest.MonkeyPatch
    ) -> bool:
        token = str(signed)
        set_clock(monkeypatch, NOW + time)
        return SignedGlobalID.parse(token) is not None

    @pytest.mark.line("GID-148")
    @pytest.mark.parametrize(("days", "is_good"), [(29, True), (30, False)])
    def test_a_token_is_good_for_thirty_days(
        self, days: int, is_good: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed = to_signed_global_id(PersonFactory())

        assert self.parses_after(signed, timedelta(days=days), monkeypatch) is is_good

    @pytest.mark.line("GID-148", "GID-166")
    @pytest.mark.parametrize(("minutes", "is_good"), [(59, True), (60, False)])
    def test_the_settings_say_how_long_otherwise(
        self, minutes: int, is_good: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ACTIVE_JOB = {"GLOBAL_ID_EXPIRES_IN": 3600}
        signed = to_signed_global_id(PersonFactory())

        assert self.parses_after(signed, timedelta(minutes=minutes), monkeypatch) is is_good

    @pytest.mark.line("GID-164", "GID-166")
    def test_none_in_the_settings_means_for_ever(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ACTIVE_JOB = {"GLOBAL_ID_EXPIRES_IN": None}
        signed = to_signed_global_id(PersonFactory())

        assert self.parses_after(signed, timedelta(days=9999), monkeypatch)

    @pytest.mark.line("GID-149", "GID-150")
    @pytest.mark.parametrize(("seconds", "is_good"), [(0.5, True), (1, False), (2, False)])
    def test_expires_in_says_how_long(
        self, seconds: float, is_good: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed = to_signed_global_id(PersonFactory(), expires_in=timedelta(seconds=1))

        assert self.parses_after(signed, timedelta(seconds=seconds), monkeypatch) is is_good

    @pytest.mark.line("GID-151")
    def test_none_means_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        signed = to_signed_global_id(PersonFactory(), expires_in=None)

        assert self.parses_after(signed, timedelta(days=9999), monkeypatch)

    @pytest.mark.line("GID-153")
    def test_no_end_means_for_ever_whatever_the_length(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed = to_signed_global_id(
            PersonFactory(), expires_at=None, expires_in=timedelta(seconds=1)
        )

        assert self.parses_after(signed, timedelta(days=9999), monkeypatch)

    @pytest.mark.line("GID-152", "GID-154", "GID-155")
    def test_expires_at_goes_before_expires_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        until = NOW + timedelta(hours=1)
        signed = to_signed_global_id(
            PersonFactory(), expires_at=until, expires_in=timedelta(days=1)
        )

        assert signed.expires_at == until
        assert not self.parses_after(signed, timedelta(hours=1), monkeypatch)


@pytest.mark.django_db
class TestLocating:
    @pytest.mark.line("GID-061", "GID-062", "GID-094", "GID-109", "GID-123", "GID-124")
    def test_finds_by_object_and_by_token(self) -> None:
        person = PersonFactory()
        signed = to_signed_global_id(person, purpose="login")

        assert signed.global_id == to_global_id(person)
        assert locate_signed(signed, purpose="login") == person
        assert locate_signed(str(signed), purpose="login") == person

    @pytest.mark.line("GID-095", "GID-104", "GID-106")
    def test_finds_what_has_a_composite_key(self) -> None:
        wanted = [ShelfFactory(), PersonFactory(), ShelfFactory()]
        tokens = [str(to_signed_global_id(each)) for each in wanted]

        assert locate_signed(tokens[0]) == wanted[0]
        assert locate_many_signed([tokens[0], tokens[2]]) == [wanted[0], wanted[2]]
        assert locate_many_signed(tokens) == wanted

    @pytest.mark.line("GID-063", "GID-064", "GID-156", "GID-157")
    def test_keeps_app_and_params(self) -> None:
        token = str(to_signed_global_id(person := PersonFactory(), app="people", db="x"))

        signed = SignedGlobalID.parse(token)

        assert signed is not None
        assert str(signed.global_id) == f"gid://people/shop.Person/{person.pk}?db=x"

    @pytest.mark.line("GID-136")
    def test_knows_the_class(self) -> None:
        signed = to_signed_global_id(OrderFactory())

        assert model_class(signed.global_id) is Order

    @pytest.mark.line("GID-125", "GID-126")
    def test_the_wrong_purpose_gives_none(self) -> None:
        signed = to_signed_global_id(PersonFactory(), purpose="login")

        assert locate_signed(signed) is None
        assert locate_signed(str(signed), purpose="logout") is None

    def test_plain_ids_and_tokens_are_not_exchangeable(self) -> None:
        person = PersonFactory()

        assert locate(str(to_signed_global_id(person))) is None
        assert locate_signed(str(to_global_id(person))) is None

    @pytest.mark.line("GID-096", "GID-097", "GID-098", "GID-099")
    @pytest.mark.parametrize(
        ("only", "is_found"),
        [
            (Customer, True),
            (Person, True),
            (Order, False),
            ((Order, Customer), True),
            pytest.param(Billable, True, marks=pytest.mark.line("GID-100")),
            pytest.param(Sendable, False, marks=pytest.mark.line("GID-101")),
            pytest.param((Order, Billable), True, marks=pytest.mark.line("GID-102")),
        ],
    )
    def test_only_lets_some_classes_through(
        self, only: type | tuple[type, ...], is_found: bool
    ) -> None:
        customer = CustomerFactory()
        found = locate_signed(to_signed_global_id(customer), only=only)

        assert found == (customer if is_found else None)

    @pytest.mark.line("GID-103", "GID-105", "GID-107", "GID-110")
    def test_many_leave_out_what_is_not_genuine_or_for_another_purpose(self) -> None:
        person, order = PersonFactory(), OrderFactory()
        tokens = [
            str(to_signed_global_id(order)),
            "forged",
            to_signed_global_id(person),
            to_signed_global_id(person, purpose="login"),
        ]

        assert locate_many_signed(tokens) == [order, person]
        assert locate_many_signed(tokens, only=Person) == [person]
