"""How large this process is."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000

_STATM: Final = Path("/proc/self/statm")
_UNIT: Final = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


def resident() -> int:
    """The bytes of memory that this process occupies; where nobody knows, the most it ever did."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    return pages * resource.getpagesize()
