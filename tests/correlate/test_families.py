"""Rotated files of one log are one voice."""

from __future__ import annotations

import pandas as pd
import pytest

from postmortem_timeline.correlate.families import beginnings, family


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("web-1/access.log", "web-1/access.log"), ("web-1/access.log.2.gz", "web-1/access.log"),
        ("web-1/access.log-20250715.gz", "web-1/access.log"), ("broker/server.log.2016-12-19-16", "broker/server.log"),
        ("db/postgresql-2025-07-15_000000.log", "db/postgresql.log"), ("12_06_log.csv.gz", "log.csv"),
        ("db/postgresql-15-main.log", "db/postgresql-15-main.log"), ("app/server.log.old", "app/server.log"),
    ],
)  # fmt: skip
def test_family(source: str, expected: str) -> None:
    assert family(source) == expected


def test_a_log_begins_with_its_oldest_file() -> None:
    sources = pd.DataFrame({"source": ["a.log", "a.log.1", "b.log", "empty.log"], "first_ns": [50, 10, 30, -1]})
    assert beginnings(sources) == {"a.log": 10, "a.log.1": 10, "b.log": 30}
