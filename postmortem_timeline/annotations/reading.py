"""From a file or a mapping to annotations; an error names the key, and the one that was probably meant."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from postmortem_timeline.annotations import values
from postmortem_timeline.annotations.model import Annotations, Mark, Note, Pin, Source
from postmortem_timeline.errors import AnnotationError
from postmortem_timeline.incident import MARKS

FILE_NAME = "incident.toml"


def load(said: Annotations | Mapping[str, Any] | str | Path | None) -> Annotations:
    """The annotations of a file, of a plain mapping, or none at all."""
    if said is None:
        return Annotations()
    if isinstance(said, Annotations):
        return said
    if isinstance(said, Mapping):
        return parse(said)
    path = Path(said)
    try:
        return parse(tomllib.loads(path.read_text(encoding="utf-8-sig")), where=path.name)
    except OSError as error:
        raise AnnotationError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AnnotationError(f"{path.name}: not valid TOML: {error}") from error


def find(directory: str | Path) -> Path | None:
    """The `incident.toml` of an output folder, if somebody wrote one."""
    path = Path(directory) / FILE_NAME
    return path if path.is_file() else None


def parse(said: Mapping[str, Any], *, where: str = FILE_NAME) -> Annotations:
    """Plain data, as TOML gives it, as annotations."""
    try:
        read = {key: reader(said[key]) for key, reader in _READERS.items() if key in said}
        rest = _struct({key: value for key, value in said.items() if key not in read}, Annotations, "")
    except AnnotationError as error:
        raise AnnotationError(f"{where}: {error}") from error.__cause__
    return msgspec.structs.replace(rest, **read)


def _sources(said: Any) -> dict[str, Source]:
    return {name: _source(value, f'sources."{name}"') for name, value in _table(said, "sources").items()}


def _source(said: Any, key: str) -> Source:
    entry = dict(_table(said, key))
    if "clock" in entry:
        entry["clock"] = _at(f"{key}.clock", values.seconds, entry["clock"])
    if "drift" in entry:
        entry["drift"] = _at(f"{key}.drift", values.seconds, entry["drift"])
    if "zone" in entry:
        _at(f"{key}.zone", values.zone, str(entry["zone"]))
    return _struct(entry, Source, key)


def _marks(said: Any) -> dict[str, Mark]:
    table = _table(said, "marks")
    _refuse_unknown(table, MARKS, "marks")
    return {name: _mark(value, f"marks.{name}") for name, value in table.items()}


def _mark(said: Any, key: str) -> Mark:
    """A time alone, a table, or `false` for what did not happen."""
    entry = said if isinstance(said, Mapping) else {} if said is False else {"at": said}
    return _struct(_timed(entry, key), Mark, key)


def _pinned(said: Any) -> tuple[Pin, ...]:
    items = enumerate(_list(said, "pinned"))
    return tuple(_struct({"citation": v} if isinstance(v, str) else v, Pin, f"pinned[{i}]") for i, v in items)


def _notes(said: Any) -> tuple[Note, ...]:
    keyed = [(f"notes[{i}]", value) for i, value in enumerate(_list(said, "notes"))]
    return tuple(_struct(_timed(_table(value, key), key), Note, key) for key, value in keyed)


def _failed(said: Any) -> tuple[int | str, ...]:
    items = tuple(_list(said, "failed"))
    _at("failed", values.statuses, items)
    return items


def _slo(said: Any) -> float:
    return float(_at("slo", values.share, said))


_READERS: dict[str, Callable[[Any], Any]] = {
    "sources": _sources, "marks": _marks, "pinned": _pinned, "notes": _notes, "failed": _failed, "slo": _slo,
}  # fmt: skip


def _timed(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    """`entry` with its times in UTC."""
    times = {name: _at(f"{key}.{name}", values.moment, entry[name]) for name in ("at", "end") if name in entry}
    return {**entry, **times}


def _table(said: Any, key: str) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise AnnotationError(f"{key} must be a table, not {said!r}")
    return said


def _list(said: Any, key: str) -> list[Any]:
    if not isinstance(said, list | tuple):
        raise AnnotationError(f"{key} must be a list, not {said!r}")
    return list(said)


def _struct(data: Any, kind: type[Any], key: str) -> Any:
    """`data` as a `kind`; what does not fit is named by the key that a person wrote."""
    _refuse_unknown(_table(data, key), kind.__struct_fields__, key)
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        inner = ".".join(filter(None, [key, place.rstrip("`").lstrip(".")]))
        raise AnnotationError(f"{inner}: {what[0].lower()}{what[1:]}") from error


def _refuse_unknown(data: Mapping[str, Any], known: Iterable[str], key: str) -> None:
    names = list(known)
    for name in data:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(names)}"
            raise AnnotationError(f'unknown key "{name}"{f" under {key}" if key else ""}; {hint}')


def _at(key: str, read: Callable[[Any], Any], value: Any) -> Any:
    """`read(value)`, its complaint preceded by where the value stands."""
    try:
        return read(value)
    except AnnotationError as error:
        raise AnnotationError(f"{key}: {error}") from None
