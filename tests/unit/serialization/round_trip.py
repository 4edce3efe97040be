from __future__ import annotations

import json
from typing import Any


def through_json(raw: Any) -> Any:
    """What a store gives back of what it was given."""
    return json.loads(json.dumps(raw, allow_nan=False))
