"""The checklists: which numbered lines the tests prove.

``python -m tests.checklist [NAME] [--totals] [--accept]`` reads the lists beside
``passed.txt`` and what the last test run left in ``.checklist/last-run.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ROOT / "tests" / "checklists"
LAST_RUN = Path(".checklist") / "last-run.json"  # below the root

LINE = re.compile(r"- \*\*(?P<number>[A-Z]+-\d{3})\*\* (?P<statement>.+)")
NOT_APPLICABLE = re.compile(r"\(n/a: (?P<reason>.+)\)$")
OPTIONAL = "(optional)"


class Result(StrEnum):
    """What the last run says of a line."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    OPEN = "open"  # no test of the last run proves it
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One promise of a checklist."""

    number: str
    statement: str
    not_applicable: str | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one test ended (passed, failed, skipped), and the lines that it proves."""

    test: str
    result: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A line with the tests that prove it and what they say."""

    line: Line
    result: Result
    tests: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the lists; 0 only while each line that passed before passes still."""
    lists = read_lists(LISTS)
    options = _parse(arguments, names=sorted(lists))
    standings = judge(lists, read_run(ROOT / LAST_RUN))
    for name in [options.name] if options.name else sorted(lists):
        _print_list(name, standings[name], totals_only=options.totals)
    everything = [standing for one in standings.values() for standing in one]
    before = read_passed(LISTS / "passed.txt")
    lost = lost_lines(everything, before)
    _print_lost(lost)
    if options.accept:
        write_passed(LISTS / "passed.txt", before | passing(everything))
    return 1 if lost else 0


def _parse(arguments: Sequence[str] | None, *, names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.checklist", description=main.__doc__)
    parser.add_argument("name", nargs="?", choices=names, help="one list; without it, all")
    parser.add_argument("--totals", action="store_true", help="only how many lines stand how")
    parser.add_argument("--accept", action="store_true", help="add what passes now to passed.txt")
    return parser.parse_args(arguments)


def read_lists(folder: Path) -> dict[str, list[Line]]:
    """Every list of the folder by its name; raises ValueError when a number stands twice."""
    lists = {path.stem: read_list(path.read_text("utf-8")) for path in folder.glob("*.md")}
    counts = Counter(line.number for lines in lists.values() for line in lines)
    doubles = sorted(number for number, count in counts.items() if count > 1)
    if doubles:
        raise ValueError(f"{folder}: numbers that stand twice: {', '.join(doubles)}")
    return lists


def read_list(text: str) -> list[Line]:
    """The lines of one list, which is Markdown: ``- **AJ-012** statement``."""
    return [_line(found) for found in map(LINE.fullmatch, text.splitlines()) if found]


def _line(found: re.Match[str]) -> Line:
    statement = found["statement"]
    not_applicable = NOT_APPLICABLE.search(statement)
    return Line(
        number=found["number"],
        statement=NOT_APPLICABLE.sub("", statement).removesuffix(OPTIONAL).strip(),
        not_applicable=not_applicable["reason"] if not_applicable else None,
        is_optional=statement.endswith(OPTIONAL),
    )


def read_run(path: Path) -> list[Outcome]:
    """The outcomes of the last test run; none when there was no run."""
    if not path.exists():
        return []
    tests = json.loads(path.read_text("utf-8"))["tests"]
    return [
        Outcome(test=test, result=facts["result"], lines=tuple(facts["lines"]))
        for test, facts in tests.items()
    ]


def write_run(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Keep the outcomes of a test run, in place of those of the run before."""
    tests = {
        outcome.test: {"lines": outcome.lines, "result": outcome.result} for outcome in outcomes
    }
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"tests": tests}, indent=1, sort_keys=True) + "\n", "utf-8")
    # Two runs side by side must not write into one another's file.
    unfinished.replace(path)


def judge(
    lists: Mapping[str, Iterable[Line]], outcomes: Iterable[Outcome]
) -> dict[str, list[Standing]]:
    """Each line with its tests and what they say, by list."""
    proofs: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for number in outcome.lines:
            proofs.setdefault(number, []).append(outcome)
    return {
        name: [_standing(line, proofs.get(line.number, [])) for line in lines]
        for name, lines in lists.items()
    }


def _standing(line: Line, proofs: list[Outcome]) -> Standing:
    tests = tuple(sorted(proof.test for proof in proofs))
    return Standing(line=line, result=_result(line, proofs), tests=tests)


def _result(line: Line, proofs: list[Outcome]) -> Result:
    """The worst counts, but for a skipped test beside one that passed."""
    seen = {proof.result for proof in proofs}
    for result in (Result.FAILED, Result.PASSED, Result.SKIPPED):
        if result in seen:
            return result
    return Result.NOT_APPLICABLE if line.not_applicable else Result.OPEN


def passing(standings: Iterable[Standing]) -> set[str]:
    """The numbers that pass."""
    return {standing.line.number for standing in standings if standing.result is Result.PASSED}


def lost_lines(standings: Iterable[Standing], before: Iterable[str]) -> list[Standing]:
    """The lines that passed before and do not pass now, or are gone from the lists."""
    by_number = {standing.line.number: standing for standing in standings}
    now = [by_number.get(number) or _gone(number) for number in sorted(before)]
    return [standing for standing in now if standing.result is not Result.PASSED]


def _gone(number: str) -> Standing:
    line = Line(number=number, statement="stands in no list any more")
    return Standing(line=line, result=Result.OPEN, tests=())


def read_passed(path: Path) -> set[str]:
    """The numbers that have passed before: one a line."""
    return set(path.read_text("utf-8").split()) if path.exists() else set()


def write_passed(path: Path, numbers: Iterable[str]) -> None:
    """Keep the numbers that have passed."""
    path.write_text("".join(f"{number}\n" for number in sorted(numbers)), "utf-8")


def _print_list(name: str, standings: list[Standing], *, totals_only: bool) -> None:
    if not totals_only:
        for text in _full(standings):
            print(text)
    print(f"{name}: {_totals(standings)}")


def _full(standings: Iterable[Standing]) -> Iterator[str]:
    for standing in standings:
        line = standing.line
        optional = f" {OPTIONAL}" if line.is_optional else ""
        yield f"{line.number}  {standing.result:<7}  {line.statement}{optional}"
        if line.not_applicable:
            yield f"{'':17}n/a: {line.not_applicable}"
        yield from (f"{'':17}{test}" for test in standing.tests)


def _totals(standings: list[Standing]) -> str:
    counts = Counter(standing.result for standing in standings)
    shares = ", ".join(f"{counts[result]} {result}" for result in Result)
    return f"{len(standings)} lines: {shares}"


def _print_lost(lost: Sequence[Standing]) -> None:
    if not lost:
        return
    print(f"\nLines that passed before and do not pass in the last run: {len(lost)}")
    for standing in lost:
        print(f"  {standing.line.number}  {standing.result:<7}  {standing.line.statement}")
    print("Was that run only of some tests? `bin/test` runs them all.")


if __name__ == "__main__":
    sys.exit(main())
