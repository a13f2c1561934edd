"""Stamps that are times of day alone take the day of what lies beside them, and go past midnight."""

from __future__ import annotations

from pathlib import Path

import postmortem_timeline as pt

CLOCK = "23:58:{0:02d}.120 [main] INFO  c.e.Main - step {0}\n"


def times(path: Path, name: str) -> list[str]:
    frame = pt.read(path)
    return [f"{t:%Y-%m-%d %H:%M:%S}" for t in frame.loc[frame["source"] == name, "timestamp"].sort_values()]


def test_the_day_is_that_of_the_sources_beside_it(tmp_path: Path) -> None:
    (tmp_path / "app.log").write_text("".join(CLOCK.format(n) for n in range(5)))
    (tmp_path / "other.log").write_text("".join(f"2025-07-15T2{n}:10:00Z ERROR failed {n}\n" for n in range(4)))
    assert times(tmp_path, "app.log")[0] == "2025-07-15 23:58:00"


def test_after_midnight_comes_the_next_day(tmp_path: Path) -> None:
    late = "".join(f"00:0{n}:00.000 [main] INFO  c.e.Main - step {n}\n" for n in range(5))
    (tmp_path / "app-2025-07-15.log").write_text("".join(CLOCK.format(n) for n in range(5)) + late)
    found = times(tmp_path, "app-2025-07-15.log")
    assert (found[0], found[-1]) == ("2025-07-15 23:58:00", "2025-07-16 00:04:00")


def test_the_ledger_says_where_the_day_is_from(tmp_path: Path) -> None:
    (tmp_path / "app-20250715.log").write_text(CLOCK.format(1) * 3)
    assert "2025-07-15 from the file's name" in str(pt.inspect(tmp_path).rows)


def test_stamps_of_1970_tell_no_year(tmp_path: Path) -> None:
    (tmp_path / "boot.log").write_text("1970-01-01T00:00:07Z INFO kernel: starting\n" * 3)
    (tmp_path / "messages-20250715").write_text("Jul 15 17:42:03 web-1 app[7]: failed\n" * 3)
    assert times(tmp_path, "messages-20250715")[0] == "2025-07-15 17:42:03"
