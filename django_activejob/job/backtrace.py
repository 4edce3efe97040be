"""Which frames of a traceback are the project's own."""

from __future__ import annotations

import re
import sys
import sysconfig
import traceback
from functools import lru_cache
from pathlib import Path
from types import FrameType

_OURS = str(Path(__file__).resolve().parent.parent)
_LIBRARIES = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_FRAME = re.compile(r'^  File "(?P<file>[^"\n]*)", line \d+.*\n?(?:    .*\n?)*', re.MULTILINE)
_ELSEWHERE = ("/site-packages/", "/dist-packages/", "/lib/python3", "/django_activejob/")


def cleaned(error: BaseException) -> str:
    """The traceback of an error, and of its causes, without the frames of libraries."""
    report = traceback.TracebackException.from_exception(error)
    _clean(report)
    return "".join(report.format())


def cleaned_text(traceback: str) -> str:
    """A traceback that was written elsewhere, without the frames of libraries.

    One without a frame of the project is left whole, and so is what cannot be told apart.
    """
    if not any(_was_of_project(frame["file"]) for frame in _FRAME.finditer(traceback)):
        return traceback
    return _FRAME.sub(lambda frame: frame[0] if _was_of_project(frame["file"]) else "", traceback)


def caller() -> str | None:
    """Where the project's code called us: ``shop/views.py:42 in checkout``; None if it did not."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_of_project(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_qualname}"


@lru_cache(maxsize=1024)
def is_of_project(filename: str) -> bool:
    """Whether a file is neither ours nor of Python or an installed library."""
    return not filename.startswith(("<", _OURS, *_LIBRARIES))


def _clean(report: traceback.TracebackException) -> None:
    seen: set[int] = set()
    part: traceback.TracebackException | None = report
    while part is not None and id(part) not in seen:
        seen.add(id(part))
        own = [frame for frame in part.stack if is_of_project(frame.filename)]
        # A traceback without a frame of the project says most when it is whole.
        if own:
            part.stack = traceback.StackSummary.from_list(own)
        part = part.__cause__ or part.__context__


def _was_of_project(filename: str) -> bool:
    """As ``is_of_project``, of a file on another machine, perhaps with another Python."""
    return is_of_project(filename) and not any(part in filename for part in _ELSEWHERE)
