"""What exports of alerts and pages share: the keys by which a shape is known, and the rows of each of its elements."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths
from postmortem_timeline.parsing.members import mapping

Rows = Callable[[dict[str, Any]], Iterable[Event]]
Rest = Callable[[dict[str, Any], Context], None]


def fits(head: bytes, *needs: str, under: Iterable[str] = ("", "[].")) -> bool:
    """Whether all the keys stand in the head of a JSON text, below one of the paths."""
    keys = key_paths(head)
    return bool(keys) and any(all(base + need in keys for need in needs) for base in under)


def walk(
    data: bytes, context: Context, arrays: Iterable[str], rows: Rows, kind: str, rest: Rest | None = None
) -> Iterator[Event]:
    """The rows of each element; one that gives none is unparsed. `rest` looks at what stands beside the arrays."""
    return finished(_walk(data, context, tuple(arrays), rows, kind, rest))


def _walk(
    data: bytes, context: Context, arrays: tuple[str, ...], rows: Rows, kind: str, rest: Rest | None
) -> Iterator[Event]:
    for element in elements(data, arrays, context.note):
        if element.path == REST:
            if rest:
                rest(element.value, context)
            continue
        told = [] if element.path == BROKEN else list(rows(mapping(element.value)))
        yield from [{"kind": kind} | row | placed(element) for row in told] or [unparsed(element)]


def moment(action: str | None, stamp: Any, actor: Any = None) -> Event:
    """A step of a life: what was done, when, by whom; nobody where it was automatic."""
    return timed(stamp) | {"action": action, "actor": str(actor) if actor else None}


def life(steps: Iterable[Event], common: Event, more: Mapping[str, Any]) -> Iterator[Event]:
    """The steps that have a time, each with what they share; a step by a person says so in its attributes."""
    for step in steps:
        if step.get("timestamp") is not None:
            who = {"agent_type": "user"} if step.get("actor") else {}
            yield step | common | {"attributes": attributes({**more, **who})}


def inner(value: Any) -> dict[str, Any]:
    """An object, also where it is JSON in a text."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            return mapping(json.loads(value, strict=False))
        except (ValueError, RecursionError):
            return {}
    return mapping(value)


def pick(item: Mapping[str, Any], *paths: str) -> Any:
    """The first of some dotted paths that leads to something."""
    for path in paths:
        value: Any = item
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, "", [], {}):
            return value
    return None


def listed(value: Any) -> list[Any]:
    """The items of a list; anything else holds none."""
    return value if isinstance(value, list) else []


def tags(values: Any) -> dict[str, str]:
    """Labels of a list of tags: `key:value` texts, or objects with a name and a value; bare words are left out."""
    if isinstance(values, str):
        values = values.split(",")
    found: dict[str, str] = {}
    for one in values if isinstance(values, list) else ():
        if isinstance(one, dict):
            name = one.get("key") or one.get("tag") or one.get("name")
            found[str(name)] = str(one.get("value", ""))
        elif isinstance(one, (list, tuple)) and len(one) == 2:
            found[str(one[0])] = str(one[1])
        elif isinstance(one, str) and ":" in one:
            name, _, value = one.strip().partition(":")
            found.setdefault(name, value)
    return found
