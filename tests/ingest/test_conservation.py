"""The fixed law: every line has one class, every record is an event, damage stays where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_timeline import api
from tests.ingest import families
from tests.ingest.families import CSV_HEADER, NEVER_CONTINUED
from tests.ingest.scanning import assert_conserved, read

FIXTURES = sorted(Path("fixtures").glob("*/exports")) + sorted(Path("fixtures").glob("*/*/exports"))
DAMAGE = (
    "",
    "   ",
    "%$#!",
    "  at Foo.bar(Foo.java:1)",
    "\tindented",
    "Caused by: x",
    '{"a": ',
    '"half a',
    "\x00\x00",
    "é",
)
TORN = ("%$#!", "garbage in, garbage out", '  "half', "\tat a.b(c)", "Traceback (most recent call last):", "{", "= =")

FAMILIES = {
    **{name: made[0] for name, made in NEVER_CONTINUED.items()},
    "syslog": families.syslog,
    "log4j": families.log4j,
    "python": families.python_log,
    "text": families.plain,
    "CRI": lambda i: families.cri(
        i, families.python_log(i) if i % 3 else "  more", ("stdout", "stderr")[i % 2], "FP"[i % 5 == 0]
    ),
    "Docker": lambda i: families.docker(i, families.log4j(i) if i % 3 else "\tat a.b(c)", ("stdout", "stderr")[i % 2]),
}


@pytest.mark.parametrize("exports", FIXTURES, ids=lambda p: p.parent.name)
def test_fixtures_conserve(exports: Path) -> None:
    frame = api.read(str(exports))
    ledger = frame.attrs["ledger"]
    for row in ledger:
        classes = row["records"] + row["continuation"] + row["blank"] + row["structure"] + row["unparsed"]
        assert classes == row["lines"], row
    assert sum(row["events"] for row in ledger) == len(frame)
    assert sum(row["copies"] for row in ledger) == int(frame["copy_of"].notna().sum())


@settings(max_examples=30, deadline=None)
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    parts=st.lists(st.one_of(st.integers(0, 500), st.sampled_from(DAMAGE), st.text(max_size=20)), max_size=40),
    ends=st.sampled_from(["\n", "\r\n"]),
    closed=st.booleans(),
)
def test_line_soup_conserves(family: str, parts: list[int | str], ends: str, closed: bool) -> None:
    line = FAMILIES[family]
    text = ends.join(line(p) if isinstance(p, int) else p for p in parts) + (ends if closed else "")
    data = text.encode("utf-8", "replace")
    got = read(data)
    if got.entry.lines:  # what is binary, empty or blank is a row with its reason
        assert_conserved(got, data)
        assert read(data, size=200).events == got.events


@settings(max_examples=30, deadline=None)
@given(
    family=st.sampled_from(sorted(NEVER_CONTINUED)),
    places=st.lists(st.tuples(st.integers(0, 60), st.sampled_from(TORN)), max_size=25),
)
def test_damaged_lines_are_unparsed_wherever_they_stand(family: str, places: list[tuple[int, str]]) -> None:
    line, header = NEVER_CONTINUED[family]
    lines: list[tuple[str, bool]] = [(line(i), False) for i in range(60)]
    for place, damage in places:
        lines.insert(place, (damage, True))
    data = (header + "\n".join(text for text, _ in lines) + "\n").encode()
    first = 1 + header.count("\n")
    got = read(data, size=500)
    assert got.unparsed == [first + i for i, (_, torn) in enumerate(lines) if torn]
    assert got.entry.records == 60
    assert_conserved(got, data)


@pytest.mark.parametrize("family", sorted(NEVER_CONTINUED))
def test_a_record_that_breaks_off_is_no_record(family: str) -> None:
    line, header = NEVER_CONTINUED[family]
    lines = [line(i) for i in range(40)]
    lines[7], lines[8], lines[30] = (
        lines[7][: len(lines[7]) // 3],
        lines[8][:-1] + "\n",
        lines[30][: len(lines[30]) // 2],
    )
    if family != "JSON lines":
        lines[8] = lines[8].rstrip("\n") + lines[9][-1]  # whole
    got = read((header + "\n".join(lines) + "\n").encode())
    first = 1 + header.count("\n")
    assert {first + 7} <= set(got.unparsed) or family == "logfmt"  # a shorter row of pairs is a row of pairs
    assert_conserved(got)


def test_a_quote_that_never_closes_costs_one_row() -> None:
    rows = [families.csv_row(i) for i in range(300)]
    rows[10] = rows[10][:-1]
    rows[150] = rows[150][:-1]
    got = read((CSV_HEADER + "\n" + "\n".join(rows) + "\n").encode())
    assert got.unparsed == [12, 152]
    assert got.entry.records == 298


def test_unparsed_lines_take_the_time_of_the_record_before() -> None:
    lines = ["before all", families.access(10), "between", families.access(20), "after"]
    for size in (60, 1 << 20):
        got = read("\n".join(lines).encode(), size=size)
        times = {e["line"]: e["timestamp"] for e in got.events}
        assert times[1] == times[2] == times[3] and times[4] == times[5], size


def test_lines_without_any_time_are_kept_at_no_time() -> None:
    got = read(b"one\ntwo\n\nthree\n", "notes.txt")
    assert got.bodies() == ["one", "two", "three"]
    assert {e["timestamp"] for e in got.events} == {None}
    assert_conserved(got)
