from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from django_activejob.errors import InvalidGlobalID
from django_activejob.globalid import GlobalID
from django_activejob.serialization import Symbol


def create(*id_parts: str, **params: object) -> GlobalID:
    return GlobalID.create(app="bcx", model_name="Person", id_parts=id_parts, params=params)


class TestParsing:
    @pytest.mark.line("GID-001", "GID-014")
    def test_a_text_gives_app_model_and_id(self) -> None:
        gid = GlobalID.parse("gid://bcx/Person/5")

        assert (gid.app, gid.model_name, gid.id_parts) == ("bcx", "Person", ("5",))

    @pytest.mark.line("GID-001", "GID-016")
    def test_a_composite_id_gives_each_part_decoded(self) -> None:
        gid = GlobalID.parse("gid://bcx/Tenanted/t+1/x%2Fy")

        assert gid.id_parts == ("t 1", "x/y")

    @pytest.mark.line("GID-002")
    @pytest.mark.parametrize("text", ["gid://bcx/No::Such/1", "gid://bcx/no.Such/1/2"])
    def test_a_model_that_does_not_exist_parses(self, text: str) -> None:
        assert str(GlobalID.parse(text)) == text

    @pytest.mark.line("GID-009", "GID-046")
    def test_the_text_comes_back_as_it_was(self) -> None:
        text = "gid://Bcx/Person::Child/a%2Fb+c%3Fd%3D%C3%A9?using=other&x=1"

        assert str(GlobalID.parse(text)) == text

    @pytest.mark.line("GID-015")
    def test_an_escaped_id_is_decoded(self) -> None:
        gid = GlobalID.parse("gid://bcx/Person/John+Doe-Smith%2FJones")

        assert gid.id_parts == ("John Doe-Smith/Jones",)

    def test_blank_parts_of_the_id_do_not_count(self) -> None:
        assert GlobalID.parse("gid://bcx/Person//1/").id_parts == ("1",)

    def test_a_fragment_is_dropped(self) -> None:
        assert str(GlobalID.parse("gid://bcx/Person/1#top")) == "gid://bcx/Person/1"

    @pytest.mark.line("GID-019", "GID-020")
    @pytest.mark.parametrize(
        "text", ["gid://bcx/Person", "gid://bcx/Person/", "gid://bcx/Person//"]
    )
    def test_a_missing_id_is_told_with_the_model(self, text: str) -> None:
        with pytest.raises(InvalidGlobalID, match="Person without an id"):
            GlobalID.parse(text)

    @pytest.mark.line("GID-017", "GID-018", "GID-021", "GID-022", "GID-023", "GID-024")
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "gid://",
            "gid:///Person/1",
            "gid://bcx",
            "gid://bcx/",
            "http://bcx/Person/1",
            "gyd://bcx/Person/1",
            "//bcx/Person/1",
            "bcx/Person/1",
            "gid://a:1/Person/1",
            "gid://user@bcx/Person/1",
            "gid://bcx/Person/1 2",
            "gid://bcx/Person/1\n",
            "gid://bcx/Per%20son/1",
            None,
            5,
        ],
    )
    def test_anything_else_is_refused(self, text: object) -> None:
        with pytest.raises(InvalidGlobalID, match=r"is not a global id. Expected gid://app/Model"):
            GlobalID.parse(text)

    def test_an_id_that_is_not_utf_8_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match="not UTF-8"):
            GlobalID.parse("gid://bcx/Person/%FF")

    def test_an_id_that_is_not_unicode_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match="The id of Person has half a surrogate pair"):
            GlobalID.parse("gid://bcx/Person/\ud800")
        with pytest.raises(InvalidGlobalID, match="half a surrogate pair"):
            create("\ud800")

    def test_an_id_has_twenty_parts_at_most(self) -> None:
        assert len(GlobalID.parse("gid://bcx/Person" + "/1" * 20).id_parts) == 20
        with pytest.raises(InvalidGlobalID, match="has 21 parts, more than 20"):
            GlobalID.parse("gid://bcx/Person" + "/1" * 21)


class TestForms:
    @pytest.mark.line("GID-048")
    def test_the_text_is_a_uri(self) -> None:
        parts = urlsplit(str(create("t 1", "x/y", db=3)))

        assert parts[:4] == ("gid", "bcx", "/Person/t+1/x%2Fy", "db=3")

    @pytest.mark.line("GID-049")
    def test_json_holds_the_text(self) -> None:
        assert json.dumps([create("5")], default=str) == '["gid://bcx/Person/5"]'

    @pytest.mark.line("GID-003")
    def test_an_empty_one_can_be_made_unchecked(self) -> None:
        assert str(GlobalID(app="", model_name="", id_parts=())) == "gid:////"


class TestCreating:
    @pytest.mark.line("GID-004", "GID-011")
    def test_plain_parts_give_the_canonical_text(self) -> None:
        assert str(create("5")) == "gid://bcx/Person/5"

    @pytest.mark.line("GID-005", "GID-007", "GID-012", "GID-013")
    def test_each_part_of_the_id_is_escaped(self) -> None:
        assert str(create("t 1", "x/y")) == "gid://bcx/Person/t+1/x%2Fy"

    def test_a_space_is_an_id(self) -> None:
        assert str(create(" ")) == "gid://bcx/Person/+"

    @pytest.mark.line("GID-025")
    @pytest.mark.parametrize("app", ["a-b", "a_b", "a.b", "a&b", "7"])
    def test_an_app_may_have_marks(self, app: str) -> None:
        gid = GlobalID.create(app=app, model_name="Person", id_parts=("1",))

        assert GlobalID.parse(str(gid)).app == app

    @pytest.mark.line("GID-023", "GID-024", "GID-032")
    @pytest.mark.parametrize("app", ["", "a:b", "a b", "a/b", "ä", None])
    def test_another_app_is_refused(self, app: str) -> None:
        with pytest.raises(InvalidGlobalID, match="is not an app name for global ids"):
            GlobalID.create(app=app, model_name="Person", id_parts=("1",))

    def test_a_name_that_cannot_be_a_model_is_refused(self) -> None:
        with pytest.raises(InvalidGlobalID, match="is not a model's name"):
            GlobalID.create(app="bcx", model_name="a/b", id_parts=("1",))

    @pytest.mark.parametrize("id_parts", [(), ("",), ("1", "")])
    def test_a_missing_id_is_refused(self, id_parts: tuple[str, ...]) -> None:
        with pytest.raises(InvalidGlobalID, match="Maybe you forgot to call save"):
            create(*id_parts)


class TestParams:
    @pytest.mark.line("GID-027", "GID-029", "GID-055")
    def test_they_are_text_and_part_of_the_id(self) -> None:
        gid = create("5", db=3, name="a b")

        assert str(gid) == "gid://bcx/Person/5?db=3&name=a+b"
        assert gid.params == {"db": "3", "name": "a b"}

    @pytest.mark.line("GID-026")
    def test_they_are_found_under_text_and_under_symbols(self) -> None:
        params = create("5", db=3).params

        assert params["db"] == params[Symbol("db")] == "3"

    @pytest.mark.line("GID-028", "GID-056")
    def test_the_last_of_a_repeated_key_counts(self) -> None:
        assert GlobalID.parse("gid://bcx/Person/5?a=1&a=2&b").params == {"a": "2", "b": ""}

    def test_lists_and_none_are_written_as_keys(self) -> None:
        assert str(create("5", a=[1, 2], b=None)) == "gid://bcx/Person/5?a=1&a=2&b"

    @pytest.mark.line("GID-030")
    def test_changing_them_does_not_change_the_id(self) -> None:
        gid = create("5", a=1)

        assert isinstance(gid.params, dict)
        gid.params["a"] = "2"

        assert str(gid) == "gid://bcx/Person/5?a=1"


class TestEquality:
    @pytest.mark.line("GID-010", "GID-031", "GID-054")
    def test_equal_texts_are_equal_ids(self) -> None:
        assert create("5") == create("5")
        assert len({create("5"), create("5"), create("6")}) == 2

    @pytest.mark.line("GID-120")
    def test_the_case_of_the_app_does_not_count(self) -> None:
        assert GlobalID.parse("gid://BCX/Person/5") == create("5")

    @pytest.mark.line("GID-008", "GID-054")
    @pytest.mark.parametrize("other", [create("6"), create("5", a=1), "gid://bcx/Person/5"])
    def test_anything_else_is_unequal(self, other: object) -> None:
        assert create("5") != other

    def test_it_shows_its_text(self) -> None:
        assert repr(create("5")) == "<GlobalID gid://bcx/Person/5>"


class TestParam:
    @pytest.mark.line("GID-033", "GID-047")
    def test_the_url_safe_form_has_no_padding_and_comes_back(self) -> None:
        gid = create("5")

        assert gid.to_param() == "Z2lkOi8vYmN4L1BlcnNvbi81"
        assert GlobalID.from_param(gid.to_param()) == gid
        assert GlobalID.from_param(create("55").to_param()) == create("55")

    @pytest.mark.parametrize("text", ["", "ä", "a", "!!!!", "aHR0cDovL2E"])
    def test_other_texts_are_refused(self, text: str) -> None:
        with pytest.raises(InvalidGlobalID):
            GlobalID.from_param(text)
