"""Each verb hands its options to one public call, as that call takes them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import postmortem_timeline
from postmortem_timeline.cli import main


class Recorded:
    """Stands for a public call: notes how it was called and gives back itself, a timeline that saves nothing."""

    def __init__(self, answer: object = None):
        self.answer = self if answer is None else answer

    def __call__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs
        return self.answer

    def save(self, directory, *, redact):
        self.saved, self.redacted = directory, redact

    def headline(self):
        return "On July 15 \x1b[31mnothing\x1b[0m happened."


class Ledger:
    ROWS = (
        {"source": "web-1/access.log", "format": "combined_access", "records": 9, "unparsed": 1, "zone": "stated",
         "first": "2025-07-15T17:00:00.000Z", "last": "2025-07-15T18:40:09.000Z", "notes": ["1 line is no record"]},
        {"source": "core.bin", "format": None, "records": 0, "unparsed": 0, "first": None, "last": None,
         "notes": [{"code": "binary", "message": "not a text"}]},
    )  # fmt: skip

    def to_json(self):
        return json.dumps(self.ROWS)


@pytest.fixture
def stand_in(monkeypatch):
    def replace(name: str, answer: object = None) -> Recorded:
        call = Recorded(answer)
        monkeypatch.setitem(vars(postmortem_timeline), name, call)
        return call

    return replace


def run(*arguments: str):
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_build_by_default_lets_the_evidence_decide(stand_in, tmp_path):
    call = stand_in("build_timeline")
    printed = run("build", "a", "b.gz", "-o", str(tmp_path / "out"))
    assert call.args == (["a", "b.gz"],)
    assert set(call.kwargs.values()) == {None}
    assert call.saved == str(tmp_path / "out")
    assert "On July 15 nothing happened." in printed


def test_build_with_all_options(stand_in, tmp_path):
    call = stand_in("build_timeline")
    bounds = ["--since", "17:00", "--until", "2025-07-15T19:00Z"]
    judged = ["--slo", "99.9%", "--failed", "5xx", "--failed", "401", "--annotations", "known.toml"]
    run("build", "-", "-o", str(tmp_path), "--threads", "1", *bounds, *judged)
    assert call.kwargs == {
        "annotations": "known.toml", "since": "17:00", "until": "2025-07-15T19:00Z", "slo": "99.9%",
        "failed": ["5xx", "401"], "formats": None, "threads": 1, "progress": None,
    }  # fmt: skip


def test_build_finds_the_annotations_of_its_own_folder_only(stand_in, tmp_path):
    call = stand_in("build_timeline")
    exports, out = tmp_path / "exports", tmp_path / "out"
    for folder in (exports, out):
        folder.mkdir()
        (folder / "incident.toml").touch()
    run("build", str(exports), "-o", str(out))
    assert call.kwargs["annotations"] == out / "incident.toml"


def test_inspect(stand_in):
    stand_in("inspect", Ledger())
    assert run("inspect", "exports").splitlines() == [
        "source",
        "  format           records  unparsed  span (UTC)               zone",
        "web-1/access.log",
        "  combined_access        9         1  2025-07-15 17:00..18:40  stated",
        "  ! 1 line is no record",
        "core.bin",
        "  -                      0         0",
        "  ! not a text",
    ]


def test_inspect_as_json_is_the_ledger(stand_in):
    stand_in("inspect", Ledger())
    assert json.loads(run("inspect", "exports", "--json"))[0]["records"] == 9


def test_show_marks_the_record_that_was_asked_for(stand_in):
    call = stand_in("show", [("a.log:6", "before", False), ("a.log:7", "first\nsecond\x1b[0m", True)])
    assert (
        run("show", "a.log:7", "exports", "-C", "1") == "a.log:7\n       6  before\n>      7  first\n>         second\n"
    )
    assert (call.args, call.kwargs) == (("a.log:7", ["exports"]), {"context": 1, "formats": None})


def test_report(stand_in):
    call = stand_in("report")
    assert "postmortem.md" in run("report", "out")
    assert call.args == ("out",)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "csv"])
def test_parse_keeps_times_and_text(stand_in, tmp_path, suffix):
    import pandas as pd

    when = pd.to_datetime(["2025-07-15T17:42:03.123456Z", None], utc=True)
    events = pd.DataFrame({"timestamp": when, "body": ["drahtloser Übergang", None], "line": [1, 2]})
    stand_in("read", events)
    path = tmp_path / f"events.{suffix}"
    assert run("parse", "exports", "-o", str(path)) == f"2 events written to {path}\n"
    readers = {"parquet": pd.read_parquet, "jsonl": lambda path: pd.read_json(path, lines=True), "csv": pd.read_csv}
    again = readers[suffix](path)
    assert pd.to_datetime(again["timestamp"], utc=True).tolist()[0] == when[0]
    assert again["timestamp"].isna().tolist() == [False, True]
    assert again["body"][0] == "drahtloser Übergang"


def test_parse_refuses_a_suffix_before_reading(stand_in):
    call = stand_in("read")
    result = CliRunner().invoke(main, ["parse", "exports", "-o", "events.xlsx"])
    assert result.exit_code == 2
    assert ".parquet, .jsonl, .csv" in result.stderr
    assert not hasattr(call, "args")


def test_no_redact_is_asked_for(stand_in, tmp_path):
    call = stand_in("build_timeline")
    run("build", "a", "-o", str(tmp_path / "out"))
    assert call.redacted is True
    run("build", "a", "-o", str(tmp_path / "out"), "--no-redact")
    assert call.redacted is False
    call = stand_in("report")
    run("report", "out", "--export", "mermaid", "--no-redact")
    assert call.args == ("out",) and call.kwargs == {"redact": False, "exports": ("mermaid",)}
