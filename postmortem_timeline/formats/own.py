"""A user's own formats: read from where the user says, never from the evidence."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from postmortem_timeline.errors import FormatError, UsageError
from postmortem_timeline.formats.declaration import load
from postmortem_timeline.formats.model import Format
from postmortem_timeline.formats.registry import HERE

Own = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | None


def own_formats(given: Own, evidence: object = ()) -> tuple[Format, ...]:
    """The formats of the files that are `given`, and of the `*.toml` in folders that are.

    Raises UsageError where a file is not there or lies below a path of `evidence`: an export must not steer how it is
    read. Raises FormatError where a file is wrong.
    """
    files = [file for path in _paths(given) for file in _files(Path(path))]
    roots = [Path(path).resolve() for path in _paths(evidence) if path != "-"]
    found: dict[str, Format] = {}
    for file in files:
        _apart(file, roots)
        fmt = replace(load(file), own=True)
        if fmt.name in found:
            raise FormatError(f'{file}: name "{fmt.name}" is taken by {found[fmt.name].path}; choose another')
        if (HERE / "exports" / f"{fmt.name}.py").exists():
            raise FormatError(f'{file}: name "{fmt.name}" is that of a format in code; choose another')
        found[fmt.name] = fmt
    return tuple(found.values())


def _paths(given: object) -> list[str]:
    """What is given as paths; an event frame is none."""
    if isinstance(given, (str, os.PathLike)):
        return [os.fspath(given)]
    return [os.fspath(path) for path in given] if isinstance(given, (list, tuple)) else []


def _files(path: Path) -> Iterator[Path]:
    """A file itself, a folder's formats; what holds none is a mistake of the person."""
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder of formats")
    if not path.is_dir():
        yield path
        return
    files = sorted(path.glob("*.toml"))
    if not files:
        raise UsageError(f"{path}: the folder holds no .toml of a format")
    yield from files


def _apart(file: Path, roots: Sequence[Path]) -> None:
    """A format's file is never a part of the evidence, by whatever link it is reached."""
    real = file.resolve()
    for root in roots:
        if real == root or root in real.parents:
            raise UsageError(
                f"{file} lies in the evidence {root}; keep formats beside it: an export must not steer its reading"
            )
