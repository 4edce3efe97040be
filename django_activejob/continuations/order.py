"""Which step may come next."""

from __future__ import annotations

from collections.abc import Sequence


def objection_to(
    name: str,
    *,
    encountered: Sequence[str],
    completed: Sequence[str],
    current: str | None,
    is_running: bool,
) -> str | None:
    """Why a step may not come now; None when it may. Active Job's rules, in its order.

    Args:
        encountered: the steps that this execution has come to before, in order.
        completed: the steps that are done, by this execution or an earlier one, in order.
        current: the step that has begun and is not done.
        is_running: whether the code of ``current`` is what asks.
    """
    if name in encountered:
        return f"step '{name}' has already been encountered"
    if is_running:
        return f"step '{name}' is nested inside step '{current}'"
    if current is not None and name != current and name not in completed:
        return f"step '{name}' found, expected to resume from '{current}'"
    expected = completed[len(encountered) : len(encountered) + 1]
    if expected and name != expected[0]:
        return f"step '{name}' found, expected to see '{expected[0]}'"
    return None
