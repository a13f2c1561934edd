from __future__ import annotations

import bz2
import gzip
import lzma
import random
from pathlib import Path

import pyarrow as pa
import pytest

from postmortem_timeline.ingest.blocks import whole_lines
from postmortem_timeline.ingest.decode import Stream, clean, encoding_of
from tests.ingest import families


def hard_to_pack(lines: int) -> bytes:
    chance = random.Random(7)
    return b"".join(f"{families.python_log(i)} {chance.getrandbits(200):x}\n".encode() for i in range(lines))


TEXT = hard_to_pack(6000)


def zstd(data: bytes) -> bytes:
    return pa.compress(data, codec="zstd", asbytes=True)


PACKED = {"gzip": gzip.compress, "zstd": zstd, "bzip2": lambda data: bz2.compress(data, 1), "xz": lzma.compress}


def stream_of(tmp_path: Path, data: bytes) -> tuple[bytes, Stream]:
    path = tmp_path / "x"
    path.write_bytes(data)
    stream = Stream(path)
    return b"".join(stream.pieces()), stream


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"\x7fELF\2\1\1\0\0\0\0" + bytes(range(256)) * 8, id="a program"),
        pytest.param(b"PAR1\x15\4\x15" + bytes(range(256)) * 8, id="a table of columns"),
        pytest.param(b"\0" * 5000, id="nothing but a hole"),
        pytest.param(random.Random(1).randbytes(5000), id="noise"),
    ],
)
def test_is_no_text(head: bytes, tmp_path: Path) -> None:
    assert encoding_of(head) == "binary"
    assert stream_of(tmp_path, head)[0] == b""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(b"plain\n", "utf-8", id="ASCII"),
        pytest.param("Grüße aus Köln\n".encode(), "utf-8", id="UTF-8"),
        pytest.param("Grüße aus Köln\n".encode("latin-1"), "latin-1", id="Latin-1"),
        pytest.param("Straßenfest ü\n".encode("latin-1"), "latin-1", id="Latin-1 at the very end"),
        pytest.param("ü\n".encode("utf-16"), "utf-16", id="UTF-16 that says so"),
        pytest.param("2025 ü\n".encode("utf-16-le"), "utf-16-le", id="UTF-16, little end first"),
        pytest.param("2025 ü\n".encode("utf-16-be"), "utf-16-be", id="UTF-16, big end first"),
        pytest.param(b"\0" * 70_000 + b"2025-07-15 17:00:00 a\n", "binary", id="a hole larger than what is looked at"),
        pytest.param(b"\0" * 9000 + b"2025-07-15 17:00:00 a\n" * 9, "utf-8", id="text after a hole"),
        pytest.param(b"a\n\0\0\0\0b\n" * 9, "utf-8", id="holes in text"),
        pytest.param("ü\n".encode() + b"\xff\n", "utf-8", id="UTF-8 with a bad byte"),
        pytest.param(("x" * 65_535 + "ü\n").encode(), "utf-8", id="a letter across the end of what is looked at"),
    ],
)
def test_encodings(text: bytes, encoding: str) -> None:
    assert encoding_of(text) == encoding


def test_bad_bytes_are_replaced_and_counted(tmp_path: Path) -> None:
    text, stream = stream_of(tmp_path, "ü\n".encode() + b"a\xffb\xc3\nc\xe2\x82")
    assert text.decode() == "ü\na\ufffdb\ufffd\nc\ufffd"
    assert stream.replaced >= 3


def test_a_character_may_lie_across_pieces(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("aü€😀".encode() * 50)
    for size in range(1, 9):
        stream = Stream(path)
        assert b"".join(stream.pieces(size)).decode() == "aü€😀" * 50
        assert stream.replaced == 0


def test_half_a_character_of_utf_16_is_counted(tmp_path: Path) -> None:
    text, stream = stream_of(tmp_path, "abc".encode("utf-16") + b"d")
    assert (text.decode(), stream.replaced) == ("abc\ufffd", 1)


@pytest.mark.parametrize("kind", sorted(PACKED))
def test_unpacked_by_content_not_by_name(kind: str, tmp_path: Path) -> None:
    text, stream = stream_of(tmp_path, PACKED[kind](TEXT))
    assert (text, stream.broken) == (TEXT, None)


@pytest.mark.parametrize("kind", sorted(PACKED))
def test_several_packed_one_after_another(kind: str, tmp_path: Path) -> None:
    text, stream = stream_of(tmp_path, PACKED[kind](b"a\n") + PACKED[kind](b"b\n"))
    assert (text, stream.broken) == (b"a\nb\n", None)


@pytest.mark.parametrize("kind", sorted(PACKED))
def test_what_breaks_off_is_read_as_far_as_it_goes(kind: str, tmp_path: Path) -> None:
    packed = PACKED[kind](TEXT)
    text, stream = stream_of(tmp_path, packed[: len(packed) * 9 // 10])
    assert TEXT.startswith(text)
    assert len(text) > 0.7 * len(TEXT)
    assert stream.broken is not None and f"{len(text):,} bytes" in stream.broken


def test_a_wrong_sum_is_told_and_costs_nothing(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 0xFF
    text, stream = stream_of(tmp_path, bytes(packed))
    assert text == TEXT
    assert stream.broken is not None


def test_garbage_after_the_end_is_told_and_costs_nothing(tmp_path: Path) -> None:
    text, stream = stream_of(tmp_path, gzip.compress(TEXT) + b"garbage")
    assert text == TEXT
    assert stream.broken is not None
    assert stream_of(tmp_path, gzip.compress(TEXT) + b"\0" * 512)[1].broken is None  # padding is no garbage


@pytest.mark.parametrize("fault", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_file_that_cannot_be_read_is_told(fault: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise fault

    monkeypatch.setattr(Path, "open", refuse)
    stream = Stream(tmp_path / "x")
    assert list(stream.pieces()) == []
    assert fault.strerror in str(stream.broken)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"\x1b[1;31mERROR\x1b[0m x", b"ERROR x", id="colours"),
        pytest.param(b"\x1b[38:2::255:0:0mred\x1b[m", b"red", id="colours with colons"),
        pytest.param(b"\x1b]0;title\x07x", b"x", id="a title"),
        pytest.param(b"\x1b]8;;http://a\x1b\\b\x1b]8;;\x1b\\", b"b", id="a link"),
        pytest.param(
            b"\x1b]0;never closed\nnext\x07", b"0;never closed\nnext\x07", id="what never ends keeps its lines"
        ),
        pytest.param(b"a\0b\0\n\0\0\n", b"ab\n\n", id="NUL bytes"),
        pytest.param(b"a\r\nb\rc\n\r\n", b"a\nb\rc\n\n", id="carriage returns at line ends"),
        pytest.param(b"\x1b[1ma\r\x1b[0m\nb", b"a\nb", id="colours that end behind the carriage return"),
    ],
)
def test_clean(raw: bytes, text: bytes) -> None:
    assert clean(raw) == text
    assert clean(raw).count(b"\n") == raw.count(b"\n")


def test_colours_do_not_hide_the_record(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x1b[32m2025-07-15 17:00:00\x1b[0m a\n" * 40)
    for size in (7, 50, 1000):
        assert b"".join(whole_lines(Stream(path), size)) == b"2025-07-15 17:00:00 a\n" * 40
