"""Members of a decoded JSON object as the types they should have, whatever they are."""

from __future__ import annotations

from typing import Any


def text(value: Any) -> str:
    """The member as text; nothing is the empty text."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def mapping(value: Any) -> dict[str, Any]:
    """The member as an object; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """The texts of a list; anything else holds none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; anything else holds none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
