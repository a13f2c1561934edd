"""One format in words: what it reads, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from postmortem_timeline.errors import UsageError
from postmortem_timeline.formats.model import ColumnSpec, Format
from postmortem_timeline.formats.registry import READ_AS, Export, all_formats


def described(name: str) -> str:
    """What `pmt formats show` prints. Raises UsageError for a name that no format has."""
    known = {one.name: one for one in all_formats()}
    if name not in known:
        near = get_close_matches(name, known, 3)
        raise UsageError(f"no format is called {name}" + (f"; is {' or '.join(near)} meant?" if near else ""))
    one = known[name]
    parts = [[one.title], [f"{one.group}, {one.kind}, read as {READ_AS[one.engine]}", *([one.url] if one.url else [])]]
    parts += _declared(one) if isinstance(one, Format) else _in_code(one)
    return "\n\n".join("\n".join(part) for part in parts if part)


def _in_code(one: Export) -> list[list[str]]:
    return [_titled("samples", one.samples)]


def _declared(fmt: Format) -> list[list[str]]:
    needs = [f"{key}: {_short(value)}" for key, value in fmt.match.items()]
    return [
        _titled("layouts", (f"{layout.name}: {layout.source}" for layout in fmt.layouts)),
        _titled("a record", needs),
        _titled("columns", (f"{name} = {_source(spec)}" for name, spec in fmt.columns.items())),
        _titled("samples", (sample.why for sample in fmt.samples)),
    ]


def _titled(title: str, rows: Iterator[str] | list[str] | tuple[str, ...]) -> list[str]:
    found = [f"  {row}" for row in rows]
    return [title, *found] if found else []


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} is {_short(one)}" for key, one in value.items())
    if isinstance(value, list):
        return (" or " if any(isinstance(one, list) for one in value) else ", ").join(map(_short, value))
    return str(value)


def _source(spec: ColumnSpec) -> str:
    if not spec.fields:
        return repr(spec.value)
    stated = [f'"{time.pattern}"' for time in spec.times]
    return " or ".join(spec.fields) + (f" as {' or '.join(stated)}" if stated else "")
