"""The files that a build read, each with its size and SHA-256, so that anybody can tell later that they are the same."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

STEP = 1 << 20
LARGE = 64 << 20  # bytes from which a file is hashed ahead
THREADS = 2  # hashing lets others run; more threads than a disk feeds are of no use


def inputs(paths: Any, sources: Iterable[str]) -> list[dict[str, Any]]:
    """`path`, `bytes` and `sha256` of every file behind the ledger's sources; members of an archive are one file.

    What lies elsewhere by now, and standard input, is left out.
    """
    given = [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(path) for path in paths]
    names = sorted({name.partition("!")[0] for name in sources})
    found = [(name, path) for name in names if (path := next(_places(name, given), None))]
    with ThreadPoolExecutor(THREADS) as pool:
        return [row for row in pool.map(_row, found) if row]


def begin(paths: Any) -> None:
    """Hash large files among `paths` ahead, while other processes read them: whoever saves a build asks for it later."""
    given = [os.fspath(paths)] if isinstance(paths, (str, os.PathLike)) else [os.fspath(path) for path in paths]
    files = [file for one in given for file in ([Path(one)] if os.path.isfile(one) else sorted(Path(one).rglob("*")))]
    for path in files:
        if path.is_file() and path.stat().st_size >= LARGE and (key := _key(path)) not in _AHEAD:
            _AHEAD[key] = Future()
            threading.Thread(target=_hash_ahead, args=(path, _AHEAD[key]), daemon=True).start()


def _hash_ahead(path: Path, future: Future[tuple[str, int]]) -> None:
    try:
        future.set_result(_hashed(path))
    except BaseException as error:  # whoever asks for the result hears of it
        future.set_exception(error)


def _key(path: Path) -> tuple[str, int, int]:
    stat = path.stat()
    return str(path.resolve()), stat.st_size, stat.st_mtime_ns


def _places(name: str, given: list[str]) -> Iterator[Path]:
    """Where the file of a source may lie, as sources are named: relative to the folder, behind its name if several."""
    for one in given:
        root = Path(one)
        if root.is_dir():
            base = root.name if root.name not in ("", "..") else root.resolve().name
            inner = name.removeprefix(f"{base}/") if len(given) > 1 else name
            if (len(given) == 1 or inner != name) and (root / inner).is_file():
                yield root / inner
        elif root.is_file() and root.name == name:
            yield root


def _row(found: tuple[str, Path]) -> dict[str, Any] | None:
    name, path = found
    try:
        ahead = _AHEAD.pop(_key(path), None)
        digest, size = ahead.result() if ahead is not None else _hashed(path)
    except OSError:
        return None
    return {"path": name, "bytes": size, "sha256": digest}


def _hashed(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(STEP):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


_AHEAD: dict[tuple[str, int, int], Future[tuple[str, int]]] = {}
