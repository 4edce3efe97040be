"""Where a file lies, and whether it can be written there."""

from __future__ import annotations

import os
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")


def is_writable(path: Path) -> bool:
    """Whether this process may write the file, and make others beside it."""
    folder = path.parent
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    return not path.exists() or os.access(path, os.W_OK)


def filesystem_of(path: Path) -> str | None:
    """The kind of the file system under a path, such as "ext4"; None where nobody tells."""
    try:
        lines = MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return None
    mounts = dict(line.split()[1:3] for line in lines)
    places = [str(place) for place in (path, *path.parents)]
    return next((mounts[place] for place in places if place in mounts), None)
