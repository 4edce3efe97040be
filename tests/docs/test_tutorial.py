from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.tutorial import Reader, blocks_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", sorted((DOCS / "tutorial").glob("[!i]*.md")), ids=lambda p: p.stem)
def test_every_block_of_the_tutorial_runs(page: Path, tmp_path: Path) -> None:
    blocks = blocks_of(page)
    assert blocks
    reader = Reader(tmp_path)
    try:
        for block in blocks:
            reader.follow(block)
    finally:
        reader.leave()
