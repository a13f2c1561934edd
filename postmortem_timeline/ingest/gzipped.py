"""Reads gzip so that nothing is lost where it breaks: what was unpacked stands, and the fault comes after it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

fast: Any
try:  # four times as fast; not built for every machine
    from isal import isal_zlib as fast
except ImportError:
    fast = zlib

STORED = 1 << 18  # bytes read from the file at once
STEP = 1 << 18  # bytes unpacked at once
RAW = -15  # deflate without a frame: frame and sums are checked here, after what they frame was given
HEAD_FLAGS = (4, 8, 16, 2)  # extra fields, name, comment, sum of the head (RFC 1952)


class BadGzip(Exception):
    """A gzip file is broken; all that could be unpacked was given before."""


class GzipFile:
    """A gzip file, of one member or several; zeros after the last are padding."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("rb")
        self.stored = b""
        self.unpacking: Any = None
        self.sum, self.length = 0, 0
        self.first, self.ending = True, False  # before the first member; before the sums of one
        self.error: BadGzip | None = None

    def __enter__(self) -> GzipFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()

    def read(self, size: int) -> bytes:
        """Up to `size` bytes (fewer at the end or before a fault). Raises BadGzip where nothing is left but that."""
        parts: list[bytes] = []
        got = 0
        while got < size and self.error is None:
            try:
                part = self._some(min(STEP, size - got))
            except (BadGzip, EOFError, OSError, zlib.error, fast.error) as error:
                self.error = error if isinstance(error, BadGzip) else BadGzip(str(error))
                break
            if part is None:
                break
            parts.append(part)
            got += len(part)
        if self.error is not None and not parts:
            raise self.error
        return b"".join(parts)

    def _some(self, most: int) -> bytes | None:
        """Some unpacked bytes, maybe none; None at the end."""
        if self.unpacking is None and not self._begin():
            return None
        if not self.stored:
            self.stored = self.file.read(STORED)
            if not self.stored:
                raise BadGzip("it breaks off before its end")
        part: bytes = self.unpacking.decompress(self.stored, most)
        self.stored = self.unpacking.unused_data if self.unpacking.eof else self.unpacking.unconsumed_tail
        self.sum = fast.crc32(part, self.sum)
        self.length += len(part)
        if self.unpacking.eof:
            self.unpacking, self.ending = None, True
        return part

    def _begin(self) -> bool:
        if self.ending:
            self._end()
        while not self.stored.lstrip(b"\0"):
            self.stored = self.file.read(STORED)
            if not self.stored:
                return False
        if self.first:
            self.first = False
        else:
            self.stored = self.stored.lstrip(b"\0")
        if self._take(2) != b"\x1f\x8b":
            raise BadGzip("garbage follows its end")
        method, flags = struct.unpack("<BB6x", self._take(8))
        if method != 8:
            raise BadGzip(f"packed by an unknown method {method}")
        self._skip(flags)
        self.unpacking, self.sum, self.length = fast.decompressobj(RAW), 0, 0
        return True

    def _skip(self, flags: int) -> None:
        extra, name, comment, checked = HEAD_FLAGS
        if flags & extra:
            self._take(struct.unpack("<H", self._take(2))[0])
        for flag in (name, comment):
            if flags & flag:
                while self._take(1) != b"\0":
                    pass
        if flags & checked:
            self._take(2)

    def _end(self) -> None:
        self.ending = False
        wanted, length = struct.unpack("<II", self._take(8))
        if wanted != self.sum:
            raise BadGzip("its checksum is wrong")
        if length != self.length & 0xFFFFFFFF:
            raise BadGzip("its length is wrong")

    def _take(self, count: int) -> bytes:
        while len(self.stored) < count:
            more = self.file.read(STORED)
            if not more:
                raise BadGzip("it breaks off before its end")
            self.stored += more
        taken, self.stored = self.stored[:count], self.stored[count:]
        return taken
