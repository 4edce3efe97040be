"""Writes the reference pages that come from the code: ``python -m docs.generate``."""

from __future__ import annotations

import inspect
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parent / "reference"


def main() -> None:
    """Writes every page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "testproject.settings")
    for name, text in pages().items():
        (REFERENCE / name).write_text(text)


def pages() -> dict[str, str]:
    """File names and contents of the generated pages."""
    return {
        "settings.md": _settings(),
        "signals.md": _signals(),
        "errors.md": _errors(),
        "checks.md": _checks(),
    }


def _settings() -> str:
    from django_activejob import conf

    return "\n\n".join(
        [
            "# Settings",
            "For looking up. Everything stands in one dict, `ACTIVE_JOB`, and everything has a "
            'default; `ACTIVE_JOB = {"QUEUE_ADAPTER": "database"}` is enough, and so is nothing. '
            "Times are in seconds. A wrong key or value is an error of `manage.py check`.",
            _setting_table(conf.Settings, upper=True),
            "## An entry of ADAPTERS",
            _setting_table(conf.AdapterSettings, upper=True),
            "## An entry of WORKERS",
            _setting_table(conf.WorkerSettings, upper=False),
            "## An entry of RECURRING",
            _setting_table(conf.RecurringSettings, upper=False),
            "Next: [signals](signals.md).\n",
        ]
    )


def _setting_table(kind: type, *, upper: bool) -> str:
    rows = [
        (
            f"`{field.name.upper() if upper else field.name}`",
            f"`{field.metadata['shown']}`",
            field.metadata["doc"],
        )
        for field in fields(kind)
    ]
    return _table(("key", "default", "meaning"), rows)


def _signals() -> str:
    from django_activejob import signals

    doc = inspect.getdoc(signals) or ""
    before, table, *_ = doc.split("\n\n====")[0], doc[doc.index("====") :]
    rows = [
        (f"`{name}`", carried)
        for name, carried in (line.split(None, 1) for line in table.splitlines()[3:-1])
    ]
    intro = "\n\n".join(before.split("\n\n")[1:])
    return "\n\n".join(
        [
            "# Signals",
            "For those who want metrics or traces. They are in `django_activejob.signals`. "
            f"{intro}",
            _table(("signal", "carries"), rows),
            "Next: [errors](errors.md).\n",
        ]
    )


def _errors() -> str:
    from django_activejob import errors

    rows = [
        (f"`{name}`", _bases(kind), _first_line(kind))
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and kind.__module__ == errors.__name__
    ]
    return "\n\n".join(
        [
            "# Errors",
            "For looking up. They are in `django_activejob.errors`.",
            _table(("error", "is a", "means"), rows),
            "Next: [system checks](checks.md).\n",
        ]
    )


def _checks() -> str:
    from django_activejob import checks

    functions = [
        function
        for name, function in vars(checks).items()
        if name.startswith("check_") and function.__module__.startswith("django_activejob")
    ]
    rows = sorted(
        tuple(sentence.split(": ", 1))
        for function in functions
        for sentence in _sentences(inspect.getdoc(function) or "")
    )
    return "\n\n".join(
        [
            "# System checks",
            "For looking up. `manage.py check` runs them, and so does `runjobs`; adapters add "
            "checks of their own. The ids begin with `activejob.`.",
            _table(("id", "means"), rows),
            "Next: [the words we use](glossary.md).\n",
        ]
    )


def _sentences(doc: str) -> list[str]:
    joined = " ".join(doc.split())
    return [
        part
        for part in joined.replace(". W0", ".\nW0").replace(". E0", ".\nE0").splitlines()
        if part[:1] in "EW"
    ]


def _bases(kind: type) -> str:
    return ", ".join(f"`{base.__name__}`" for base in kind.__bases__)


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")


def _table(head: tuple[str, ...], rows: list[Any]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(_line(row) for row in lines)


def _line(cells: tuple[str, ...]) -> str:
    # Docstrings mark code with two backticks, pages with one.
    shown = (cell.replace("|", "\\|").replace("``", "`") for cell in cells)
    return f"| {' | '.join(shown)} |"


if __name__ == "__main__":
    main()
