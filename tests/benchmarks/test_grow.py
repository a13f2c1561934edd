"""The grown log is the same each time, in order, and its truth is what its lines say."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks import grow as module
from tests.benchmarks.grow import grow

SEED = """\
192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 200 203 "-" "agent"
not a record
192.0.2.2 - - [17/May/2015:10:05:03 +0000] "GET /b HTTP/1.1" 404 9 "http://example.org/" "agent"
"""


@pytest.fixture
def grown(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "OUTAGE", (20, 39))
    (tmp_path / "seed.log").write_text(SEED)
    truth = grow(tmp_path / "seed.log", tmp_path / "grown.log", 400_000)
    return truth, (tmp_path / "grown.log").read_text(), tmp_path


def test_it_ends_at_a_line(grown):
    truth, text, _ = grown
    assert text.endswith('"agent"\n') and text.count("\n") == truth.lines
    assert 400_000 <= len(text) < 400_200


def test_times_do_not_go_back(grown):
    stamps = re.findall(r"\[([^]]+)\]", grown[1])
    assert stamps == sorted(stamps) and len(set(stamps)) > 40


def test_the_truth_is_in_the_lines(grown):
    truth, text, _ = grown
    inside = [line for line in text.splitlines() if "03:00:20" <= re.search(r"2025:(\S+)", line)[1] <= "03:00:39"]
    failed = [line for line in inside if '" 503 ' in line]
    assert (len(inside), len(failed)) == (truth.requests_in_window, truth.failed_in_window)
    assert len({line.split()[2] for line in failed}) == truth.users_failed
    assert text.count('" 503 ') == len(failed)


def test_the_same_bytes_again(grown):
    _, text, folder = grown
    grow(folder / "seed.log", folder / "again.log", 400_000)
    assert (folder / "again.log").read_text() == text
