from __future__ import annotations

import pytest

from docs.generate import REFERENCE, pages

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_generated_pages_say_what_the_code_says(name: str) -> None:
    message = f"docs/reference/{name} is out of date: run `python -m docs.generate`"
    assert (REFERENCE / name).read_text() == PAGES[name], message
