"""Evidence shared out among processes gives what one thread gives, byte for byte."""

from __future__ import annotations

import gzip
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import postmortem_timeline as pt
from postmortem_timeline import digesting, forking
from postmortem_timeline.forking import run_forked
from postmortem_timeline.ingest import gather
from postmortem_timeline.ingest import shares as sharing
from postmortem_timeline.ingest.decode import Stream

pytestmark = pytest.mark.skipif(not forking.can_fork(), reason="processes are forked on Linux only, from a single thread")

EXPORTS = Path(__file__).parent.parent / "fixtures" / "oauth_token_expired" / "exports"


@pytest.fixture
def shared_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[sharing.Share]]:
    """Everything is large, and shares are small; what was shared out is handed over."""
    given: list[sharing.Share] = []

    def small(surveyed, whole, size=1 << 16):  # type: ignore[no-untyped-def]
        given.extend(sharing.shares(surveyed, whole, size))
        return given

    monkeypatch.setattr(digesting, "LARGE", 0)
    monkeypatch.setattr(gather, "MANY", 2)
    monkeypatch.setattr(digesting, "shares", small)
    monkeypatch.setattr(sharing, "WINDOWS", (1 << 12, 1 << 15))
    yield given


def incident(paths: Path, **more: object) -> str:
    return json.dumps(pt.build_timeline(paths, **more).incident)  # type: ignore[arg-type]


def test_an_incident_is_the_same(shared_out: list[sharing.Share]) -> None:
    alone = incident(EXPORTS, threads=1)
    assert not shared_out
    assert incident(EXPORTS, threads=3) == alone
    spans = [share for share in shared_out if share.span]
    assert len({share.found.name for share in spans}) > 2 and len(shared_out) > 30


def test_bad_bytes_and_damage_are_counted_once(tmp_path: Path, shared_out: list[sharing.Share]) -> None:
    lines = [
        b'203.0.113.%d - u%d [15/Jul/2025:17:%02d:%02d +0000] "GET /a HTTP/1.1" 200 5 "-" "caf\xe9 \xe2\x82\xac"'
        % (n % 250, n % 90, n // 60 % 60, n % 60)
        for n in range(6000)
    ]
    lines[17] = lines[4000] = b"no request at all"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "access.log").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    alone = incident(tmp_path / "in", threads=1)
    assert incident(tmp_path / "in", threads=2) == alone
    assert len(shared_out) > 5
    assert '"unparsed": 2' in alone and "5998 bad bytes replaced" in alone


def test_many_small_files_are_looked_at_and_digested_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats and modules of exports come back as the very same objects; a format made for a file by what it says."""
    from postmortem_timeline.api import inspect

    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "odd.csv").write_text("when;place;hits\n2025-07-15T17:42:03Z;north;3\n2025-07-15T17:42:04Z;south;4\n")
    for number, path in enumerate(sorted(path for path in EXPORTS.rglob("*") if path.is_file())[:12]):
        (folder / f"{number:02d}{''.join(path.suffixes)}").write_bytes(path.read_bytes())
    alone = inspect(folder, threads=1).to_json()
    monkeypatch.setattr(gather, "MANY", 2)
    monkeypatch.setattr(digesting, "MANY", 2)
    assert inspect(folder, threads=2).to_json() == alone
    assert "alertmanager" in alone and "generic_table" in alone


def test_spans_join_to_the_file_and_begin_with_records(tmp_path: Path) -> None:
    from postmortem_timeline.ingest.survey import survey

    trace = "Traceback (most recent call last):\n" + '  File "/app/x.py", line 3, in f\n    g()\n' * 40 + "KeyError: 'x'\n"
    text = "".join(f"2025-07-15 17:{n // 60:02d}:{n % 60:02d},120 ERROR app.db failed {n}\n{trace}" for n in range(600))
    path = tmp_path / "app.log"
    path.write_text(text)
    found = survey(_source(path))
    parts = sharing.shares([found], {}, 1 << 18)
    pieces = [b"".join(Stream(path, share.span).pieces()).decode() for share in parts]
    assert len(parts) > 3 and "".join(pieces) == text
    assert all(piece.startswith("2025-07-15") for piece in pieces)


def _source(path: Path):  # type: ignore[no-untyped-def]
    from postmortem_timeline.ingest.source import Source

    return Source(path.name, path)


def test_results_come_in_order_whoever_made_them() -> None:
    tasks = [lambda n=n: (n, os.getpid()) for n in range(50)]
    results = list(run_forked(tasks, 3))
    assert [n for n, _ in results] == list(range(50)) and os.getpid() not in {pid for _, pid in results}


def test_what_a_killed_child_leaves_is_done_here() -> None:
    parent = os.getpid()

    def task(n: int) -> int:
        if n == 3 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return n * n

    assert list(run_forked([lambda n=n: task(n) for n in range(8)], 2)) == [n * n for n in range(8)]


def test_an_exception_is_raised_in_its_place() -> None:
    def fail() -> int:
        raise ValueError("this one")

    results = run_forked([lambda: 1, fail, lambda: 3], 2)
    assert next(results) == 1
    with pytest.raises(ValueError, match="this one"):
        next(results)


def test_children_end_with_whoever_asked() -> None:
    results = run_forked([os.getpid for _ in range(100)], 2)
    children = {next(results), next(results)}
    results.close()  # type: ignore[attr-defined]
    for pid in children:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_compressed_files_and_tables_stay_whole(tmp_path: Path) -> None:
    from postmortem_timeline.ingest.survey import survey

    packed, table = tmp_path / "a.log.gz", tmp_path / "b.csv"
    packed.write_bytes(gzip.compress(b"2025-07-15T17:42:03Z ERROR failed\n" * 9000, 1))
    table.write_text("time,level,message\n" + '2025-07-15T17:42:03Z,ERROR,"two\nlines"\n' * 9000)
    for path in (packed, table):
        assert [share.span for share in sharing.shares([survey(_source(path))], {}, 256)] == [None]
