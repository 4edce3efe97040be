"""The recordings of real Rails and Sidekiq."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

VECTORS = Path(__file__).parent / "vectors"


def payloads() -> Iterator[tuple[str, Any]]:
    """Every serialized Active Job in any recording, with the file that has it."""
    for path in sorted(VECTORS.rglob("*.json")):
        for payload in _jobs_in(json.loads(path.read_text())):
            yield f"{path.relative_to(VECTORS)}", payload


def cases() -> Iterator[tuple[str, Any, Any]]:
    """Each serialized Active Job with what it received when it ran."""
    for path in sorted(VECTORS.glob("*/arguments.json")):
        for case in json.loads(path.read_text())["cases"]:
            for payload in _jobs_in(case["payload"]["decoded"]):
                yield path.parent.name, payload, case["received"]


def texts() -> Iterator[tuple[str, str, Any]]:
    """Each text in which a store held an Active Job, with the job."""
    for path in sorted(VECTORS.rglob("*.json")):
        for text in _texts_in(json.loads(path.read_text())):
            for payload in _jobs_in(json.loads(text)):
                yield f"{path.relative_to(VECTORS)}", text, payload


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict) and "job_class" in str(value.get("raw")):
        yield value["raw"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(part)


def _jobs_in(value: Any) -> Iterator[Any]:
    if isinstance(value, dict) and "job_class" in value and "arguments" in value:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _jobs_in(part)


STACKS: Final = sorted(path.name for path in VECTORS.iterdir() if path.is_dir())


def strings() -> Iterator[tuple[str, str]]:
    """Each string in which Sidekiq held a job, of its own or Active Job's, with its file."""
    for path in sorted(VECTORS.rglob("*.json")):
        for entry in entries(json.loads(path.read_text())["keys"]):
            yield f"{path.relative_to(VECTORS)}", entry["raw"]


def entries(keys: dict[str, Any], *names: str) -> Iterator[Any]:
    """The jobs in the lists and sorted sets of a recording: ``raw``, ``decoded``, ``score``."""
    for name, key in keys.items():
        if key["type"] in {"list", "zset"} and (not names or name in names):
            yield from (entry for entry in key["value"] if "decoded" in entry)


def recording(stack: str, name: str) -> Any:
    """One file of one stack."""
    return json.loads((VECTORS / stack / name).read_text())
