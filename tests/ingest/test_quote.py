"""Citations: `source:line` finds the very line again, whatever the source is stored as."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from postmortem_timeline import api
from postmortem_timeline.errors import CitationError
from postmortem_timeline.frame import cite
from postmortem_timeline.ingest.quote import quote_lines, split_citation
from postmortem_timeline.ingest.source import Source
from tests.ingest import families
from tests.ingest.families import TRACEBACKS, with_tracebacks

PLAIN = (
    with_tracebacks(families.python_log, TRACEBACKS["Python"])
    + "\n\n"
    + "\n".join(map(families.python_log, range(12, 20)))
)


def coloured(text: str) -> bytes:
    return "".join(f"\x1b[3{n % 8}m{line}\x1b[0m\n" for n, line in enumerate(text.split("\n"))).encode()


STORED = {
    "plain": PLAIN.encode(),
    "with a mark of its encoding": PLAIN.encode("utf-8-sig"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-be"),
    "Latin-1": (PLAIN + "\nGrüße aus der Müllabfuhr in Köln\n").encode("latin-1"),
    "CRLF": PLAIN.replace("\n", "\r\n").encode(),
    "colours": coloured(PLAIN),
    "NUL bytes": PLAIN.replace("ERROR", "ER\0\0ROR").encode(),
    "a hole at the beginning": b"\0" * 9000 + b"\n" + PLAIN.encode(),
    "bad bytes": PLAIN.encode().replace(b"run 3", b"r\xffn 3"),
    "gzip": gzip.compress(PLAIN.encode()),
    "bzip2": bz2.compress(PLAIN.encode("utf-16")),
    "xz": lzma.compress(PLAIN.encode()),
}


@pytest.mark.parametrize("stored", sorted(STORED))
def test_every_event_is_found_again(stored: str, tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(STORED[stored])
    frame = api.read(str(path))
    records = frame[frame["format"] == "python_logging"]
    assert len(records) == 20
    lines = quote_lines(Source("app.log", path), set(frame["line"]))
    for row in frame.itertuples():
        said = lines[row.line][0]
        assert said.endswith(row.body.split("\n")[0]), (row.line, said)
        assert row.stamp is None or row.stamp != row.stamp or row.stamp in said
    last = records.iloc[-1]
    citation = cite(str(last["source"]), int(last["line"]))
    assert api.show(citation, str(path), context=0)[0][1] == families.python_log(19)


def test_context_stops_at_either_end(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"1\n2\n3")
    assert [text for _, text, _ in api.show("a.log:1", str(tmp_path))] == ["1", "2", "3"]
    assert [here for _, _, here in api.show("a.log:3", str(tmp_path), context=1)] == [False, True]


@pytest.mark.parametrize(
    ("citation", "message"),
    [
        pytest.param("a.log", "is no citation", id="no line"),
        pytest.param("b.log:1", "not below", id="no such source"),
        pytest.param("a.log:9", "has no line 9", id="no such line"),
    ],
)
def test_a_citation_of_nothing_is_misuse(citation: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"1\n2\n")
    with pytest.raises(CitationError, match=message):
        api.show(citation, str(tmp_path))


def test_names_may_hold_colons_and_hashes() -> None:
    assert split_citation("C:/x#1.log:12#3") == ("C:/x#1.log", 12, 3)
    assert split_citation("new\nline.log:12") == ("new\nline.log", 12, 0)


def test_lines_beyond_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(b"line %d\r\n" % n for n in range(1, 2001)))
    monkeypatch.setattr("postmortem_timeline.ingest.blocks.CHUNK", 100)
    got = quote_lines(Source("a.log", path), {1, 777, 1999, 5000}, extra=2)
    assert got == {
        1: ["line 1", "line 2", "line 3"],
        777: ["line 777", "line 778", "line 779"],
        1999: ["line 1999", "line 2000"],
        5000: [],
    }
