from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from postmortem_timeline import api
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.years import in_year, year_of


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def seconds(text: str) -> float:
    return ns(text) / 1e9


JULY, LEAP_DAY = ns("1972-07-15T17:00:00"), ns("1972-02-29T12:00:00")


def source(name: str = "syslog", written: str | None = None) -> Source:
    return Source(name, Path(name), seconds(written) if written else None)


@pytest.mark.parametrize(
    ("first", "of", "spans", "year"),
    [
        pytest.param(JULY, source(), [("2023-07-15T16:00:00", "2023-07-15T18:00:00")], 2023, id="the source beside it"),
        pytest.param(
            JULY, source("syslog-20210716"), [("2023-07-15T16:00:00", "2023-07-15T18:00:00")], 2023, id="beats the name"
        ),
        pytest.param(
            JULY, source("syslog-20210716", "2024-08-01T00:00:00"), [], 2021, id="the name beats the time of the file"
        ),
        pytest.param(JULY, source("syslog", "2024-08-01T00:00:00"), [], 2024, id="the time of the file"),
        pytest.param(JULY, source("syslog", "2024-03-01T00:00:00"), [], 2023, id="written before that day of its year"),
        pytest.param(LEAP_DAY, source("syslog", "2026-01-01T00:00:00"), [], 2024, id="a day that only leap years have"),
        pytest.param(
            LEAP_DAY,
            source(),
            [("2025-02-28T00:00:00", "2025-03-02T00:00:00")],
            2024,
            id="though a neighbour is nearer",
        ),
        pytest.param(
            ns("1972-12-31T23:00:00"),
            source(),
            [("2026-01-01T00:30:00", "2026-01-01T02:00:00")],
            2025,
            id="the eve of a neighbour",
        ),
        pytest.param(
            ns("1972-01-01T00:10:00"),
            source(),
            [("2025-12-31T20:00:00", "2025-12-31T23:59:00")],
            2026,
            id="the morning after one",
        ),
        pytest.param(
            JULY,
            source("syslog", "2019-08-01T00:00:00"),
            [("2023-01-01T00:00:00", "2023-01-02T00:00:00")],
            2019,
            id="a neighbour too far",
        ),
    ],
)
def test_year_of(first: int, of: Source, spans: list[tuple[str, str]], year: int) -> None:
    found = year_of(of, first, [(ns(a), ns(b)) for a, b in spans])[0]
    assert found == year


def test_a_leap_day_in_a_common_year_is_the_day_after() -> None:
    assert in_year(LEAP_DAY, 2025) == ns("2025-03-01T12:00:00")
    assert in_year(LEAP_DAY, 2024) == ns("2024-02-29T12:00:00")


def times(folder: Path, name: str) -> list[str]:
    frame = api.read(str(folder))
    mine = frame[(frame["source"] == name)].sort_values("line")
    return [t.isoformat()[:19] for t in mine["timestamp"]]


def write(path: Path, *stamps: str) -> None:
    path.write_text("".join(f"{stamp} lb-1 worker[{n}]: job done\n" for n, stamp in enumerate(stamps)))
    os.utime(path, (seconds("2030-06-01T00:00:00"),) * 2)


def test_new_year_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("2026-01-01 00:00:30,000 - a - INFO - x\n" * 3)
    write(
        tmp_path / "syslog",
        "Dec 31 23:59:58",
        "Dec 31 23:59:59",
        "Jan  1 00:00:00",
        "Jan  1 00:00:01",
        "Jan  2 10:00:00",
    )
    assert times(tmp_path, "syslog") == [
        "2025-12-31T23:59:58",
        "2025-12-31T23:59:59",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:01",
        "2026-01-02T10:00:00",
    ]


def test_a_leap_day_inside_a_file(tmp_path: Path) -> None:
    write(tmp_path / "syslog-20240301", "Feb 28 23:59:58", "Feb 29 00:00:01", "Feb 29 23:59:59", "Mar  1 00:00:00")
    assert times(tmp_path, "syslog-20240301") == [
        "2024-02-28T23:59:58",
        "2024-02-29T00:00:01",
        "2024-02-29T23:59:59",
        "2024-03-01T00:00:00",
    ]


def test_the_year_is_marked_as_inferred_and_said(tmp_path: Path) -> None:
    write(tmp_path / "syslog", "Jul 15 10:00:00", "Jul 15 10:00:01")
    frame = api.read(str(tmp_path))
    assert set(frame["time_quality"].astype(str)) == {"year_inferred"}
    assert "year 2029 from the time of the file, which changes on a copy: check it" in frame.attrs["ledger"][0]["notes"]


def test_new_year_beyond_what_was_looked_at(tmp_path: Path) -> None:
    early = [f"Dec 31 23:{m:02d}:{s:02d}" for m in range(30) for s in range(60)]
    late = [f"Jan  1 00:{m:02d}:{s:02d}" for m in range(30) for s in range(60)]
    write(tmp_path / "syslog-20260101", *early, *late)
    got = times(tmp_path, "syslog-20260101")
    assert (got[0], got[-1]) == ("2025-12-31T23:00:00", "2026-01-01T00:29:59")
    assert got == sorted(got)


def test_a_year_that_an_inner_stamp_names_is_that_of_the_whole_source(tmp_path: Path) -> None:
    request = "203.0.113.9:51822 [12/Nov/2021:03:11:01.950] edge auth/auth-1 0/0/1/40/52 200 341 - - ---- 3/3/0/0/0 0/0 "
    (tmp_path / "lb").write_text(
        f'Nov 12 03:11:02 lb-1 haproxy[771]: {request}"GET /me HTTP/1.1"\n'
        "Nov 12 03:11:05 lb-1 haproxy[771]: Server auth/auth-1 is DOWN, reason: Layer4 timeout\n"
        f'Nov 12 03:11:06 lb-1 haproxy[771]: {request}"GET /me HTTP/1.1"\n'
    )
    events = api.read([tmp_path / "lb"]).sort_values("line")
    assert [str(t)[:19] for t in events["timestamp"]] == [f"2021-11-12 03:11:0{s}" for s in (2, 5, 6)]
    assert list(events["time_quality"]) == ["zone_assumed", "year_inferred", "zone_assumed"]
