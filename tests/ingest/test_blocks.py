"""Blocks: the same events, lines and counts wherever a source is cut."""

from __future__ import annotations

import pytest

from postmortem_timeline.ingest import blocks, cuts
from postmortem_timeline.ingest.blocks import RawBlock, whole_lines
from postmortem_timeline.ingest.decode import Stream
from tests.ingest import families
from tests.ingest.families import CSV_HEADER, NEVER_CONTINUED, TRACEBACKS, with_tracebacks, wrapped_tracebacks
from tests.ingest.scanning import Read, assert_conserved, read, scan, surveyed

SIZES = (60, 700)
COUNTS = ("lines", "records", "events", "continuation", "blank", "structure", "unparsed", "first_ns", "last_ns")


def counts(got: Read) -> list[int]:
    return [getattr(got.entry, name) for name in COUNTS]


def same_anywhere(data: str | bytes, name: str = "app.log") -> Read:
    raw = data.encode() if isinstance(data, str) else data
    found = surveyed(raw, name)
    whole = scan(found)
    assert_conserved(whole, raw if whole.entry.lines else None)
    for size in SIZES:
        part = scan(found, size)
        assert part.events == whole.events, size
        assert counts(part) == counts(whole), size
    return whole


@pytest.fixture(params=[300, 1 << 13], ids=["looks back a little", "looks back far"])
def look_back(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "LOOK_BACK", request.param)


@pytest.mark.usefixtures("look_back")
@pytest.mark.parametrize("family", sorted(NEVER_CONTINUED))
def test_what_is_never_continued(family: str) -> None:
    line, header = NEVER_CONTINUED[family]
    whole = same_anywhere(header + "\n".join(line(i) if i % 7 else "damaged" for i in range(50)))
    assert (whole.entry.records, whole.entry.unparsed) == (42, 8)


@pytest.mark.usefixtures("look_back")
@pytest.mark.parametrize("language", sorted(TRACEBACKS))
@pytest.mark.parametrize("line", [families.log4j, families.python_log, families.plain])
def test_tracebacks_stay_with_their_record(line: families.Line, language: str) -> None:
    trace = TRACEBACKS[language]
    whole = same_anywhere(with_tracebacks(line, trace))
    assert (len(whole.events), whole.entry.unparsed) == (12, 0)
    carrying = [e["body"] for i, e in enumerate(whole.events) if i % 3 == 1]
    assert all(body.endswith(trace) for body in carrying)


@pytest.mark.usefixtures("look_back")
@pytest.mark.parametrize("language", sorted(TRACEBACKS))
@pytest.mark.parametrize("wrap", [families.cri, families.docker])
def test_wrapped_tracebacks_are_joined_by_stream(wrap: families.Line, language: str) -> None:
    texts = {
        "stdout": [families.log4j(i) for i in range(40)],
        "stderr": with_tracebacks(families.python_log, TRACEBACKS[language]).splitlines(),
    }
    whole = same_anywhere(wrapped_tracebacks(wrap, texts))
    traces = [e["body"] for e in whole.events if "\n" in e["body"]]
    assert len(traces) == 4
    assert all(body.split("\n", 1)[1] == TRACEBACKS[language] for body in traces)
    assert (len(whole.events), whole.entry.unparsed) == (52, 0)


@pytest.mark.usefixtures("look_back")
def test_parts_of_a_split_line_are_joined_across_blocks() -> None:
    lines = []
    for i in range(20):
        text = families.python_log(i) + " " + "x" * 90
        lines.append(families.cri(3 * i, text[:50], "stdout", "P"))
        lines.append(families.cri(3 * i + 1, families.log4j(i), "stderr"))
        lines.append(families.cri(3 * i + 2, text[50:], "stdout", "F"))
    whole = same_anywhere("\n".join(lines) + "\n")
    assert len(whole.events) == 40
    assert sum(e["body"].endswith("x" * 90) for e in whole.events) == 20


@pytest.mark.usefixtures("look_back")
def test_quoted_newlines_in_a_table() -> None:
    rows = [
        f'2025-07-15T{families.clock(i)}Z,error,auth,"run {i}\nfailed ""twice""\n\n2nd part, end"' for i in range(30)
    ]
    whole = same_anywhere(CSV_HEADER + "\n" + "\n".join(rows) + "\n", "export.csv")
    assert (whole.entry.records, whole.entry.unparsed, whole.entry.structure) == (30, 0, 1)
    assert whole.events[3]["body"] == 'run 3\nfailed "twice"\n\n2nd part, end'


@pytest.mark.usefixtures("look_back")
def test_a_file_of_two_formats() -> None:
    lines = [families.access(i) if i % 2 else families.log4j(i) for i in range(40)]
    lines[21] += "\n\tat a.b.C(C.java:1)"
    whole = same_anywhere("\n".join(lines) + "\n")
    assert {e["format"] for e in whole.events} >= {"combined_access", "log4j_pattern"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings(encoding: str, ends: str) -> None:
    text = ends.join(families.python_log(i) + " für größere Müllabfuhr" for i in range(30))
    whole = same_anywhere_lines(text.encode(encoding))
    assert [e["line"] for e in whole.events] == list(range(1, 31))
    assert all(e["body"].endswith("für größere Müllabfuhr") for e in whole.events)


def same_anywhere_lines(data: bytes) -> Read:
    found = surveyed(data)
    whole = scan(found)
    for size in SIZES:
        assert scan(found, size).events == whole.events
    return whole


def test_no_block_but_the_first_begins_with_what_is_no_record() -> None:
    found = surveyed("\n".join(families.access(i) if i % 3 == 0 else "damaged" for i in range(90)).encode())
    assert found.plan is not None
    parts = list(blocks.blocks(Stream(found.source.path), found.plan, found.context, 200))
    assert len(parts) > 5
    assert all(bytes(part.data).startswith(b"203.0.113.") for part in parts)
    assert [p.first_line for p in parts][1:] == [
        1 + b"".join(q.data for q in parts[:n]).count(b"\n") for n in range(1, len(parts))
    ]


def test_a_line_without_an_end_is_cut_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "MOST_HELD", 2000)
    data = families.log4j(1) + "\n" + "\n".join(f"\tat a.b.C(C.java:{i})" for i in range(500)) + "\n"
    got = read(data.encode(), size=300)
    assert got.blocks > 2
    assert got.entry.lines == 501 and got.entry.conserved


def test_what_is_too_long_of_a_line_is_left_out_and_told(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x"
    path.write_bytes(b"a\n" + b"b" * 10_000 + b"\nc\n")
    stream = Stream(path)
    text = b"".join(whole_lines(stream, 100, 1000))
    assert text.split(b"\n") == [b"a", b"b" * 1000, b"c", b""] or (text.count(b"\n"), stream.cut > 8000) == (3, True)


def test_the_rest_of_a_stream_is_a_block() -> None:
    found = surveyed(b"no newline at all 2025-07-15 17:00:00")
    assert found.plan is not None
    parts = list(blocks.blocks(Stream(found.source.path), found.plan, found.context))
    assert parts == [RawBlock(memoryview(b"no newline at all 2025-07-15 17:00:00"), 1)]
