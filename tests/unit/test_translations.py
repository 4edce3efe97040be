"""The languages that the package speaks."""

from __future__ import annotations

import ast
import gettext
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import translation

import django_activejob
from django_activejob.dashboard.statuses import WORDS

PACKAGE = Path(django_activejob.__file__).parent
LANGUAGES = ["de", "es", "fr", "ja"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """One entry of a catalog; ``id`` is that of gettext, with its context in front."""

    id: str
    plural: str | None
    forms: tuple[str, ...]
    is_fuzzy: bool


def messages(catalog: Path) -> list[Message]:
    """The entries of a .po file but its head."""
    blocks = catalog.read_text(encoding="utf-8").split("\n\n")
    found = [_message(block) for block in blocks]
    return [message for message in found if message.id]


def _message(block: str) -> Message:
    context, plural = _text(block, "msgctxt"), _text(block, "msgid_plural")
    id = _text(block, "msgid") or ""
    names = ["msgstr"] if plural is None else re.findall(r"^msgstr\[\d\]", block, re.MULTILINE)
    return Message(
        id=f"{context}\x04{id}" if context and id else id,
        plural=plural,
        forms=tuple(_text(block, name) or "" for name in names),
        is_fuzzy="#, fuzzy" in block,
    )


def _text(block: str, name: str) -> str | None:
    line = rf'^{re.escape(name)} ((?:"(?:[^"\\]|\\.)*"\n?)+)'
    found = re.search(line, block, re.MULTILINE)
    if found is None:
        return None
    pieces = re.findall(r'"(?:[^"\\]|\\.)*"', found.group(1))
    return "".join(str(ast.literal_eval(piece)) for piece in pieces)


def po(language: str, package: Path = PACKAGE) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def names_in(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]", text))


@pytest.mark.line("DB-008")
@pytest.mark.parametrize("language", LANGUAGES)
class TestLanguage:
    def test_has_a_text_for_every_message(self, language: str) -> None:
        empty = [one.id for one in messages(po(language)) if not all(one.forms) or one.is_fuzzy]

        assert empty == []

    def test_fills_in_what_the_message_fills_in(self, language: str) -> None:
        wrong = [
            message.id
            for message in messages(po(language))
            for form in message.forms
            if names_in(form) != names_in(message.plural or message.id)
        ]

        assert wrong == []

    def test_is_compiled(self, language: str) -> None:
        with po(language).with_suffix(".mo").open("rb") as compiled:
            catalog = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
        written: dict[object, str] = {}
        for message in messages(po(language)):
            for number, form in enumerate(message.forms):
                written[message.id if message.plural is None else (message.id, number)] = form

        assert {id: text for id, text in catalog.items() if id} == written

    def test_is_spoken(self, language: str) -> None:
        with translation.override(language):
            spoken = str(WORDS["failed"].empty)

        assert spoken != "No failed jobs."


@pytest.mark.needs("xgettext")
def test_no_message_of_the_package_is_missing(tmp_path: Path) -> None:
    copy = tmp_path / "django_activejob"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "locale"))
    (copy / "locale").mkdir()
    command = [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True, timeout=60)

    used = {message.id for message in messages(po("de", copy))}

    for language in LANGUAGES:
        assert {message.id for message in messages(po(language))} == used
