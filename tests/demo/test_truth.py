"""The truth of the synthetic incidents holds in their gateway logs, read here without the package."""

from __future__ import annotations

import gzip
import json
import re
from datetime import datetime
from pathlib import Path

import pytest

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ACCESS = re.compile(r'\S+ - (\S+) \[([^\]]+)\] "[^"]*" (\d{3}) ')
CASES = [FIXTURES / "oauth_token_expired", *sorted((FIXTURES / "scenarios").glob("*/"))]


def lines(path: Path) -> list[str]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().splitlines()


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def requests(case: Path, clocks: dict[str, float]) -> tuple[list[tuple[float, str, int]], int]:
    """(time, user, status) of every request once, clocks mended, and how many lines were copies."""
    found, copies = [], 0
    for log in sorted(case.glob("exports/*/nginx/access.log")):
        parts = [lines(path) for path in sorted(log.parent.glob("access.log*"))]
        unique = dict.fromkeys(line for part in parts for line in part)
        copies += sum(map(len, parts)) - len(unique)
        for line in unique:
            user, stamp, status = ACCESS.match(line).groups()
            time = datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z").timestamp()
            found.append((time - clocks.get(log.parts[-3], 0), user, int(status)))
    return found, copies


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param, json.loads((request.param / "truth.json").read_text())


def test_every_line_is_accounted_for(case):
    folder, truth = case
    exports = folder / "exports"
    counted = {p.relative_to(exports).as_posix(): len(lines(p)) for p in exports.rglob("*") if p.is_file()}
    assert counted == truth["lines"]


def test_the_gateways_show_the_impact(case):
    folder, truth = case
    seen, copies = requests(folder, truth["clock_offset_s"])
    assert copies == truth["copies"]
    if truth["fault"] == "gateway_dark":
        (start, end), = [[seconds(t) for t in window] for window in truth["impact_windows"]]
        assert not [r for r in seen if start <= r[0] <= end]
        return
    # stamps are whole seconds, so the edges are too
    windows = [[int(seconds(t)) for t in window] for window in truth["impact_windows"]]
    inside = [r for r in seen if any(a <= r[0] <= b for a, b in windows)]
    failed = [r for r in inside if r[2] >= 500]
    assert len(failed) == truth["requests_failed"]
    assert abs(len(inside) - truth["requests_in_windows"]) <= 4 * len(windows)
    assert len({user for _, user, _ in failed} - {"-"}) == truth["users_affected"]
    assert {failed_at for failed_at, _, _ in failed} >= {a for a, _ in windows} | {b for _, b in windows}
