"""The mission's incident, written by hand: what the engine will hand over."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

WRITTEN = json.loads(Path(__file__).with_name("incident.json").read_text(encoding="utf-8"))


@pytest.fixture
def case() -> dict[str, Any]:
    """`incident`, `rows` and `quotes`, a fresh copy to spoil."""
    return copy.deepcopy(WRITTEN)
