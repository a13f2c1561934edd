"""General formats cut the eight public samples of loghub as the authors of its tables did.

loghub's licence is for research, so the data is read where it lies beside the repository and is no part of it.
"""

from __future__ import annotations

import csv
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from postmortem_timeline.api import read

LOGHUB = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "logs" / "loghub"
ENOUGH = 0.999


class Table(NamedTuple):
    """A table's columns by our names; a name that is no event column is an attribute."""

    clock: str  # how the stamp is meant
    stamp: str
    columns: dict[str, str]


DATE_TIME = "{Date} {Time}"
TABLES = {
    "Apache": Table("%a %b %d %H:%M:%S %Y", "{Time}", {"severity_text": "{Level}"}),
    # These two tables call the host a component or a level.
    "OpenSSH": Table("%b %d %H:%M:%S", "{Date} {Day:>2} {Time}", {"host": "{Component}", "pid": "{Pid}"}),
    # A tag with a blank in it may be prose, so it is no service.
    "Linux": Table(
        "%b %d %H:%M:%S",
        "{Month} {Date:>2} {Time}",
        {"host": "{Level}", "tag|service": "{Component}", "pid": "{PID}"},
    ),
    "HDFS": Table("%y%m%d %H%M%S", DATE_TIME, {"severity_text": "{Level}", "logger": "{Component}", "pid": "{Pid}"}),
    "OpenStack": Table(
        "%Y-%m-%d %H:%M:%S.%f",
        DATE_TIME,
        {
            "severity_text": "{Level}",
            "logger": "{Component}",
            "pid": "{Pid}",
            "file": "{Logrecord}",
            "trace_id context": "{ADDR}",
        },
    ),
    "Zookeeper": Table(
        "%Y-%m-%d %H:%M:%S,%f",
        DATE_TIME,
        {"severity_text": "{Level}", "thread": "{Node}", "logger": "{Component}", "code_line": "{Id}"},
    ),
    "Spark": Table("%y/%m/%d %H:%M:%S", DATE_TIME, {"severity_text": "{Level}", "logger": "{Component}"}),
    "Proxifier": Table("%m.%d %H:%M:%S", "{Time}", {"service": "{Program}"}),
}


@lru_cache(maxsize=1)
def _both(system: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Each row of a system's table with the event of its line, or with an empty one."""
    log = LOGHUB / system / f"{system}_2k.log"
    if not log.exists():
        pytest.skip(f"the loghub samples do not lie at {LOGHUB}")
    frame = read(str(log))
    events = frame.astype(object).where(frame.notna(), None).to_dict("records")
    by_line = {event["line"]: event | json.loads(event["attributes"] or "{}") for event in events}
    with Path(f"{log}_structured.csv").open(newline="", encoding="utf-8") as file:
        return [(row, by_line.get(int(row["LineId"]), {})) for row in csv.DictReader(file)]


def _said(event: dict[str, Any], names: str) -> str:
    """What the event says under the names; the tables lost blanks at the ends, and write nothing as `-`."""
    found = [next((event[name] for name in either.split("|") if event.get(name)), "") for either in names.split()]
    return " ".join(found).strip() or "-"


def _few(differences: list[str], rows: int) -> None:
    assert len(differences) <= (1 - ENOUGH) * rows, f"{len(differences)} of {rows} lines: {differences[0]}"


@pytest.mark.parametrize("system", TABLES)
def test_no_line_falls_to_the_reader_of_last_resort(system: str) -> None:
    pairs = _both(system)
    last = (None, "unparsed", "generic_text")
    _few([f"line {row['LineId']} is no record" for row, event in pairs if event.get("format") in last], len(pairs))


@pytest.mark.parametrize("system", TABLES)
def test_fields_equal_the_table(system: str) -> None:
    table, pairs = TABLES[system], _both(system)
    columns = {"stamp": table.stamp, "body": "{Content}"} | table.columns
    differ = {}
    for row, event in pairs:
        for names, template in columns.items():
            want = template.format(**row).strip() or "-"
            if _said(event, names) != want:
                differ[row["LineId"]] = f"line {row['LineId']}: {names} is {_said(event, names)!r}, not {want!r}"
    _few(list(differ.values()), len(pairs))


@pytest.mark.parametrize("system", TABLES)
def test_times_are_what_the_stamps_say(system: str) -> None:
    """A stamp without a year is compared without one."""
    table, pairs = TABLES[system], _both(system)
    leap, clock = ("", table.clock) if "%y" in table.clock.lower() else ("2000 ", f"%Y {table.clock}")
    wrong = []
    for row, event in pairs:
        want = datetime.strptime(leap + table.stamp.format(**row), clock)
        at = event.get("timestamp")
        got = at and at.to_pydatetime().replace(tzinfo=None)
        if got is None or (got.replace(year=2000) if leap else got) != want:
            wrong.append(f"line {row['LineId']}: {got} for {want}")
    _few(wrong, len(pairs))
