from __future__ import annotations

from postmortem_timeline.postmortem import clocks


def clock(source, seconds, confidence=0.9):
    return {"source": source, "clock_offset_seconds": seconds, "confidence": confidence, "reason": f"so says {source}"}


def told(*rows, **options):
    return [(one.name, one.by, one.side) for one in clocks.off({"clocks": list(rows)}, **options)]


def test_a_clock_that_is_right_is_not_told():
    assert told(clock("web-1/a.log", 0.0), clock("web-2/a.log", None)) == []
    assert told(clock("web-1/a.log", 1.2), least=clocks.NOTABLE) == []


def test_the_files_of_one_host_are_told_once():
    assert told(clock("web-2/a.log", 97.0), clock("web-2/b.log", 97.2)) == [("web-2 (2 files)", "1 min 37 s", "ahead")]


def test_hosts_and_offsets_are_told_apart():
    rows = [clock("web-1/a.log", -30), clock("web-2/a.log", 97), clock("web-2/b.log", 5), clock("notes.log", 60)]
    assert [one[0] for one in told(*rows)] == ["web-1/a.log", "web-2/a.log", "web-2/b.log", "notes.log"]
    assert told(rows[0]) == [("web-1/a.log", "30 s", "behind")]


def test_the_surest_file_gives_the_reason():
    (one,) = clocks.off({"clocks": [clock("a/1", 97, 0.5), clock("a/2", 97, 0.9)]})
    assert one.reason == "so says a/2"
