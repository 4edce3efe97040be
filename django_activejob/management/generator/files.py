"""The files of a new job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from django.core.management.base import CommandError

from . import contents
from .draft import Draft
from .parents import application_job_exists


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to be; one that ``stays`` is left alone where it exists."""

    path: Path
    content: str
    stays: bool = False


def job_files(draft: Draft) -> list[NewFile]:
    """The job's module, the packages around it, and ApplicationJob where there is none.

    Raises:
        CommandError: a module stands where a package has to be.
    """
    packages = _packages(draft.folder / "jobs", draft.name.namespace)
    module = _module_in_place_of(packages)
    if module is not None:
        raise CommandError(_about_module(module))
    files = [NewFile(path=packages[0] / "__init__.py", content=contents.JOBS, stays=True)]
    files += _markers(packages[1:])
    if not application_job_exists():
        path = packages[0] / "application_job.py"
        files.append(NewFile(path=path, content=contents.APPLICATION_JOB, stays=True))
    path = packages[-1] / f"{draft.name.module}.py"
    return [*files, NewFile(path=path, content=contents.job(draft))]


def test_files(draft: Draft) -> list[NewFile]:
    """The job's test in the app's ``tests`` package; none where that is a module."""
    packages = _packages(draft.folder / "tests", ("jobs", *draft.name.namespace))
    if _module_in_place_of(packages) is not None:
        return []
    path = packages[-1] / f"test_{draft.name.module}.py"
    test = NewFile(path=path, content=contents.test(draft))
    # A folder of tests that is no package is meant to be none.
    markers = [] if _is_plain_folder(packages[0]) else _markers(packages)
    return [*markers, test]


def shown(path: Path) -> str:
    """A path as a person would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _packages(first: Path, names: Sequence[str]) -> list[Path]:
    return list(accumulate(names, lambda folder, name: folder / name, initial=first))


def _markers(packages: Sequence[Path]) -> Iterator[NewFile]:
    return (NewFile(path=package / "__init__.py", content="", stays=True) for package in packages)


def _module_in_place_of(packages: Sequence[Path]) -> Path | None:
    for package in packages:
        module = package.with_suffix(".py")
        if module.is_file() and not (package / "__init__.py").is_file():
            return module
    return None


def _is_plain_folder(folder: Path) -> bool:
    return folder.is_dir() and not (folder / "__init__.py").is_file()


def _about_module(module: Path) -> str:
    package, path = shown(module.with_suffix("")), shown(module)
    return (
        f"{path} is a module, and startjob writes one module for each job. Make it a package:\n\n"
        f"    mkdir -p {package}\n"
        f"    mv {path} {package}/__init__.py\n\n"
        "Relative imports in it need one more dot; all else stays as it is. Then try again."
    )
