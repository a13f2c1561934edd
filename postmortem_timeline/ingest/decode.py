"""From stored bytes to UTF-8: decompression, encodings, bad bytes, control sequences."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from postmortem_timeline.ingest.gzipped import GzipFile

CHUNK = 4 << 20
SAMPLE = 1 << 18
LOOKED_AT = 1 << 16  # bytes by which the encoding is told
MAGIC = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ\0")  # gzip, zstd, bzip2, xz
STEP = 1 << 16  # bytes asked of a decompressor at once, so that little is lost where it breaks
ANSI = re.compile(rb"\x1b(?:\[[0-9;:<=>?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")
UNCLEAN = (b"\x1b", b"\0", b"\r")  # what `clean` looks for
CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})


Span = tuple[int, int]  # first byte, and the byte after the last, of a plain UTF-8 file that begins and ends with whole lines


class Stream:
    """The decoded bytes of one file, or of a span of a plain one, in pieces; what went wrong stands in its attributes."""

    def __init__(self, path: Path, span: Span | None = None) -> None:
        self.path, self.span = path, span
        self.replaced = 0
        self.encoding = "utf-8"
        self.binary = False
        self.broken: str | None = None
        self.cut = 0  # bytes that were left out of lines without an end

    def pieces(self, size: int = CHUNK) -> Iterator[bytes]:
        """Decoded pieces of about `size` bytes. A broken stream ends early and says where."""
        if self.span is not None:
            yield from self._utf8(self._raw_span(self.span, size))
            return
        raw = self._raw(size)
        head = b""
        for piece in raw:  # what it is, is told by the same bytes whatever the size
            head += piece
            if len(head) >= LOOKED_AT:
                break
        if not head:
            return
        self.encoding = encoding_of(head)
        if self.encoding == "binary":
            self.binary = True
            return
        stored = _again(head.removeprefix(codecs.BOM_UTF8) if self.encoding == "utf-8" else head, raw, size)
        yield from self._utf8(stored) if self.encoding == "utf-8" else self._transcoded(stored)

    def _utf8(self, stored: Iterator[bytes]) -> Iterator[bytes]:
        carry = b""
        for piece in stored:
            if piece.isascii() and not carry:
                yield piece
            else:
                good, carry = self._repair(carry + piece)
                yield good
        if carry:
            self.replaced += len(carry)
            yield "\ufffd".encode()

    def _transcoded(self, stored: Iterator[bytes]) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="replace")
        for piece in _ended(stored):
            text = decoder.decode(piece, final=not piece)
            self.replaced += text.count("\ufffd")
            yield text.encode("utf-8", "replace")

    def _repair(self, piece: bytes) -> tuple[bytes, bytes]:
        """The piece with bad bytes replaced and counted, and the start of a character that the next one ends."""
        cut = len(piece)
        for back in range(1, min(4, len(piece)) + 1):
            byte = piece[-back]
            if byte & 0xC0 == 0x80:
                continue
            width = 2 if byte & 0xE0 == 0xC0 else 3 if byte & 0xF0 == 0xE0 else 4 if byte & 0xF8 == 0xF0 else 1
            cut = len(piece) - back if width > back else len(piece)
            break
        whole, carry = piece[:cut], piece[cut:]
        try:
            whole.decode("utf-8")
            return whole, carry
        except UnicodeDecodeError:
            text = whole.decode("utf-8", "replace")
            self.replaced += text.count("\ufffd") - whole.count("\ufffd".encode())
            return text.encode(), carry

    def _raw_span(self, span: Span, size: int) -> Iterator[bytes]:
        at, end = span
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(at)
                while at < end and (piece := file.read(min(size, end - at))):
                    at += len(piece)
                    yield piece.removeprefix(codecs.BOM_UTF8) if at == len(piece) else piece
        except OSError as error:
            self.broken = f"broken after {at:,} bytes: {type(error).__name__}: {error}"

    def _raw(self, size: int) -> Iterator[bytes]:
        done = 0
        try:
            with open_decompressed(self.path) as file:
                while piece := file.read(size):
                    done += len(piece)
                    yield piece
        except Exception as error:  # every decompressor has errors of its own; evidence never raises
            self.broken = f"broken after {done:,} bytes: {type(error).__name__}: {error}"


def _again(head: bytes, rest: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The head that was looked at and the rest, in pieces of at most `size` bytes."""
    for start in range(0, len(head), size):
        yield head[start : start + size]
    yield from rest


def _ended(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, and an empty one as a mark of the end."""
    yield from (piece for piece in pieces if piece)
    yield b""


def is_compressed(path: Path) -> bool:
    """Whether the file begins like one that `open_decompressed` unpacks."""
    try:
        with path.open("rb") as file:
            return file.read(6).startswith(MAGIC)
    except OSError:
        return False


def open_decompressed(path: Path) -> IO[bytes]:
    """The file's content, decompressed by its magic number, not by its name."""
    with path.open("rb") as file:
        magic = file.read(6)
    if magic[:2] == b"\x1f\x8b":
        return GzipFile(path)  # type: ignore[return-value]
    if magic[:4] == b"\x28\xb5\x2f\xfd":
        import pyarrow as pa

        return _Salvaging(pa.input_stream(str(path), compression="zstd"))  # type: ignore[return-value]
    if magic[:3] == b"BZh":
        import bz2

        return _Salvaging(bz2.open(path, "rb"))  # type: ignore[return-value]
    if magic == b"\xfd7zXZ\0":
        import lzma

        return _Salvaging(lzma.open(path, "rb"))  # type: ignore[return-value]
    return path.open("rb")


class _Salvaging:
    """Reads in small steps, so that what a broken file still gives is read before the error stands."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.read_some = getattr(file, "read1", file.read)
        self.error: Exception | None = None

    def __enter__(self) -> _Salvaging:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def close(self) -> None:
        self.file.close()

    def read(self, size: int) -> bytes:
        if self.error is not None:
            raise self.error
        parts: list[bytes] = []
        got = 0
        while got < size:
            try:
                part = self.read_some(min(STEP, size - got))
            except Exception as error:
                self.error = error
                break
            if not part:
                break
            parts.append(part)
            got += len(part)
        if not parts and self.error is not None:
            raise self.error
        return b"".join(parts)


def encoding_of(head: bytes) -> str:
    """utf-8, utf-16-le, utf-16-be, utf-16, latin-1 or binary, by the first bytes of a file."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:LOOKED_AT].lstrip(b"\0")  # a log that was cut while it was written begins with a hole
    if b"\0" in sample[:4096]:
        start = (len(head[:LOOKED_AT]) - len(sample)) & ~1
        even, odd = head[start : start + 4096 : 2].count(0), head[start + 1 : start + 4096 : 2].count(0)
        half = max(len(head[start : start + 4096]) // 2, 1)
        if odd > 0.4 * half and even < 0.05 * half:
            return "utf-16-le"
        if even > 0.4 * half and odd < 0.05 * half:
            return "utf-16-be"
    if not sample:
        return "binary"
    controls = len(sample) - len(sample.translate(None, CONTROL))
    if controls - sample.count(b"\0") > 0.02 * len(sample) or (b"\n" not in sample[:8192] and b"\0" in sample[:512]):
        return "binary"
    if sample.isascii():
        return "utf-8"
    cut = len(sample) - 4 if len(head) >= LOOKED_AT else len(sample)
    try:
        sample[:cut].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if error.start < cut - 4 or cut == len(sample):
            return _latin_or_mixed(sample)
    return "utf-8"


def _latin_or_mixed(sample: bytes) -> str:
    """Latin-1 where no byte sequence is valid multi-byte UTF-8; else UTF-8 with bad bytes in it."""
    high = [b for b in sample if b >= 0x80]
    multibyte = re.search(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", sample)
    letters = sum(b >= 0xC0 for b in high)
    return "latin-1" if not multibyte and letters >= 0.5 * len(high) and len(high) < 0.3 * len(sample) else "utf-8"


def clean(lines: bytes) -> bytes:
    """Whole lines without terminal colours, NUL bytes and carriage returns at their ends; their number stays."""
    if b"\x1b" in lines:
        lines = ANSI.sub(b"", lines)
    if b"\0" in lines:
        lines = lines.replace(b"\0", b"")
    return lines.replace(b"\r\n", b"\n") if b"\r" in lines else lines
