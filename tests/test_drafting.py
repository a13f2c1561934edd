"""A draft of a format loads, passes the checks of every format, reads the file that it was drafted from, and invents nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from postmortem_timeline import read
from postmortem_timeline.cli import main
from postmortem_timeline.drafting import draft
from postmortem_timeline.drafting.stamps import find, patterns
from postmortem_timeline.errors import NothingReadable, UsageError
from postmortem_timeline.testing import check_format

LOGHUB = Path(__file__).resolve().parents[2] / "shared" / "data" / "logs" / "loghub"
SYSTEMS = ("Apache", "HDFS", "Linux", "OpenSSH", "OpenStack", "Proxifier", "Spark", "Zookeeper")
TEXTS = (
    "card declined",
    "retrying in 5 s",
    "queue is long, 30 waiting",
    "order stored [fast]",
    "timeout: ledger",
    "started",
)
LEVELS = ("INFO", "WARN", "ERROR", "DEBUG", "INFO")


def lines(pattern: str, n: int = 30) -> str:
    """Made-up lines: {t} is a clock, {text} a message, {level} a level, {i} a number that counts up."""
    return "".join(
        pattern.format(
            t=f"10:{i:02d}:{i * 7 % 60:02d}", text=TEXTS[i * 5 % 6], level=LEVELS[i * 3 % 5], i=i,
            user=f"U{i * 37 % 90 + 10}", status=(200, 503, 404)[i % 3], name=("main", "worker-1", "pool-2")[i * 3 % 3],
        ) + "\n"
        for i in range(n)
    )  # fmt: skip


def toml(path: Path) -> dict:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))


def drafted(tmp_path: Path, text: str) -> tuple[dict, Path]:
    """The draft for a file of that text, checked, and where it lies."""
    (tmp_path / "evidence").mkdir(exist_ok=True)
    (tmp_path / "evidence" / "till.log").write_text(text, encoding="utf-8")
    path = tmp_path / "own.toml"
    path.write_text(draft(tmp_path / "evidence" / "till.log").text, encoding="utf-8")
    check_format(path)
    return toml(path), path


MADE = {
    "a logger between brackets and a dash": (
        "2025-07-15 {t} [{name}] {level:5} com.acme.Till - {text}",
        "{timestamp} [{thread}] {level:level}{>}{logger} - {body}", "%Y-%m-%d %T",
    ),
    "bars": ("2025/07/15 {t}.{i:03d}|{level}|till-1|{text}", "{timestamp}|{level:level}|{field}|{body}", "%Y/%m/%d %T%.f"),
    "a request between blanks": (
        "{t} 15.07.2025 10.0.0.{i} GET /api/{i} {status} {i}ms",
        "{timestamp} {client} {method:word} {path} {status:int} {duration:num}ms", "%T %d.%m.%Y",
    ),
    "pairs at the end": (
        "{level} [15/Jul/2025:{t} +0200] {text} user={user} took={i}ms order={i}x",
        "{level:level} [{timestamp}] {body} user={user} took={took:num}ms order={order}", "%d/%b/%Y:%T %z",
    ),
    "one sentence": (
        "Jul 15 {t} till-1 acme[{i}]: user {user} logged in from 10.1.2.{i}",
        "{timestamp} {field} acme[{pid:int}]: user {field2} logged in from {client}", "%b %e %T",
    ),
    "an epoch": ("17525941{i:02d}.123 {level} {text}", "{timestamp} {level:level} {body}", "%s"),
    "halves of days, months first": ("07/15/2025 3:{i:02d}:07 PM - {text}", "{timestamp} - {body}", "%m/%d/%Y %-I:%M:%S %p"),
    "a time at the end of a sentence": (
        "Backup of volume v{i} finished at Tue Jul 15 {t} 2025 with {i} files",
        "Backup of volume {field} finished at {timestamp} with {number:int} files", "%a %b %e %T %Y",
    ),
    "the level in angles": ("2025-07-15T{t}Z <{level}> {text}", "{timestamp} <{level:level}> {body}", "%Y-%m-%dT%T%z"),
    "a quoted request": (
        '2025-07-15T{t}+02:00 "GET /p/{i}?q=1 HTTP/1.1" {status} rt=0.{i:03d}s',
        '{timestamp} "{request}" {status:int} rt={rt:num}s', "%Y-%m-%dT%T%z",
    ),
    "braces": ("{{audit}} 15-07-2025 {t} GMT {text}", "{{{{audit}}}} {timestamp} {body}", "%d-%m-%Y %T %Z"),
    "a clock alone": ("{t},{i:03d} {level}: {text}", "{timestamp} {level:level}: {body}", "%T%.f"),
    "compact dates": ("250715 {t} {level} {text}", "{timestamp} {level:level} {body}", "%y%m%d %T"),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "layout", "time"), MADE.values(), ids=MADE)
def test_lines_of_one_shape_become_a_layout(tmp_path, pattern, layout, time):
    found, path = drafted(tmp_path, lines(pattern))
    assert found["layouts"] == {"line": layout.replace("{{{{", "{{").replace("}}}}", "}}")}
    assert found["columns"]["timestamp"]["format"] == time
    frame = read(tmp_path / "evidence", formats=path)
    assert list(frame["format"].unique()) == ["till"] and len(frame) == 30 and frame["timestamp"].notna().all()


def test_two_shapes_become_two_layouts(tmp_path):
    one, other = lines("2025-07-15 {t} {level} {text}"), lines("15.07.2025 {t} (audit) user {user} left")
    found, _ = drafted(tmp_path, one + other)
    assert set(found["layouts"].values()) == {
        "{timestamp} (audit) user {field} left",
        "{timestamp} {level:level} {body}",
    }
    assert found["columns"]["timestamp"]["format"] == ["%Y-%m-%d %T", "%d.%m.%Y %T"]


@pytest.mark.parametrize(
    ("more", "continues"),
    [
        ("  at Till.java\n", ["indented"]),
        ("Traceback (most recent call last):\n  File x\nValueError: x\n", ["indented", "traceback"]),
        ("and so on\n", ["any"]),
    ],
    ids=["indented", "a traceback", "what has no time of its own"],
)
def test_lines_without_a_time_continue_what_they_stand_below(tmp_path, more, continues):
    found, _ = drafted(
        tmp_path, lines("2025-07-15 {t} {level} {text}", 5) + more + lines("2025-07-15 {t} {level} {text}", 5)
    )
    assert found["continues"] == continues
    assert more in found["samples"][0]["text"]


def test_what_no_layout_reads_is_said(tmp_path):
    found, path = drafted(tmp_path, "begin\n" + lines("2025-07-15 {t} {level} {text}"))
    assert "# 1 of 31 lines are read by no layout; the first is line 1\n" in path.read_text(encoding="utf-8")
    assert "continues" not in found


def test_a_date_that_reads_two_ways_is_doubted(tmp_path):
    _, path = drafted(tmp_path, lines("03/04/2025 {t} {text}"))
    assert "# every date reads otherwise too; taken for day-month\n" in path.read_text(encoding="utf-8")


def test_fields_of_json_lines_are_found_by_name_and_value(tmp_path):
    rows = [{"when": f"2025-07-15T10:00:{i:02d}Z", "sev": "low", "text": TEXTS[i % 6], "user": {"id": f"U{i}"}, "took_ms": i,
             "severity": ("low", "high")[i % 2]} for i in range(20)]  # fmt: skip
    found, _ = drafted(tmp_path, "".join(json.dumps(row) + "\n" for row in rows))
    assert (found["engine"], found["columns"]["user"]["field"]) == ("jsonl", "user.id")
    assert found["severity"] == {"low": 9, "high": 17}


def test_the_records_of_a_document_are_found(tmp_path):
    items = [{"at": f"2025-07-15T10:00:{i:02d}Z", "what": TEXTS[i % 6]} for i in range(20)]
    found, _ = drafted(tmp_path, json.dumps({"shop": "x", "page": {"items": items, "next": None}}, indent=1))
    assert found["document"] == {"records": "page.items"}
    assert len(json.loads(found["samples"][0]["text"])["page"]["items"]) == 3


@pytest.mark.parametrize(
    ("text", "engine", "columns"),
    [
        (
            "when,till,level,message\n" + lines('2025-07-15 {t},t1,{level},"{text}"'),
            "delimited",
            {"severity_text", "body"},
        ),
        ("Zeit;Kasse;Text\n" + lines("15.07.2025 {t};t1;{text}"), "delimited", {"body"}),
        (
            lines('ts=2025-07-15T{t}Z lvl={level} msg="{text}" took={i}ms'),
            "logfmt",
            {"severity_text", "body", "duration_ms"},
        ),
        (lines("time:2025-07-15T{t}Z\tlevel:{level}\tmessage:{text}"), "ltsv", {"severity_text", "body"}),
    ],
    ids=["a table", "a table with semicolons", "logfmt", "LTSV"],
)
def test_named_fields_are_found(tmp_path, text, engine, columns):
    found, path = drafted(tmp_path, text)
    assert found["engine"] == engine and set(found["columns"]) == columns | {"timestamp"}
    frame = read(tmp_path / "evidence", formats=path)
    assert set(frame["format"]) == {"till"} and len(frame) == 30


@pytest.mark.parametrize("system", SYSTEMS)
def test_public_logs_are_drafted_as_unknown_text(tmp_path, system):
    log = LOGHUB / system / f"{system}_2k.log"
    if not log.exists():
        pytest.skip(f"the loghub samples do not lie at {LOGHUB}")
    _, path = drafted(tmp_path, log.read_text(encoding="utf-8", errors="replace"))
    frame = read(tmp_path / "evidence", formats=path)
    mine = frame["format"].str.split(">").str[0] == "till"
    assert mine.mean() > 0.99 and frame["timestamp"][mine].notna().all()


def test_what_holds_no_time_gives_no_draft(tmp_path):
    for name, text in {"words": "no time here\nnor here\n", "empty": ""}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        with pytest.raises(UsageError):
            draft(tmp_path / name)
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50)
    with pytest.raises(UsageError, match="binary"):
        draft(tmp_path / "picture")
    with pytest.raises(NothingReadable):
        draft(tmp_path / "nowhere")


def test_quotes_and_control_characters_survive(tmp_path):
    drafted(tmp_path, lines("2025-07-15 {t} it's '''{text}''' \"said\" \x1b[31m \\ {i}"))


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("x 2025-07-15T10:00:00.5Z y", "%Y-%m-%dT%T%.f%z"),
        ("Tue, 15 Jul 2025 10:00:00 GMT", "%a, %d %b %Y %T %Z"),
        ("Jul  5 10:00:00 host", "%b %e %T"),
        ("5 Jul 2025 10:00", "%-d %b %Y %H:%M"),
        ("[20250715T100000Z]", "%Y%m%dT%H%M%S%z"),
        ("app.2025-07-14_10:00:00 2025-07-15 10:00:00", "%Y-%m-%d %T"),
        ("at 1752594123456 it", "%s"),
        ("2025-07-15 10:00:00:123", "%Y-%m-%d %T:%f"),
        ("Jul 15, 2025 1:02:03 PM", "%b %d, %Y %-I:%M:%S %p"),
    ],
)
def test_times_are_found(line, pattern):
    stamp = find(line)
    assert stamp and stamp.pattern == pattern


@pytest.mark.parametrize("line", ["version 10.15.07", "id 17525941234567890123", "10.0.0.1:8080", "1-2-3", "took 12:5"])
def test_what_is_no_time_is_none(line):
    assert find(line) is None


def test_the_order_of_day_and_month_is_told_by_all_lines():
    found = [find(f"{a:02d}/{b:02d}/2025 10:00:00") for a, b in ((3, 4), (5, 13), (1, 2))]
    assert patterns([stamp for stamp in found if stamp]) == (["%m/%d/%Y %T"], "")


def test_the_verb_writes_a_file_and_never_over_one(tmp_path):
    (tmp_path / "till.log").write_text(lines("2025-07-15 {t} <{level}> {text}"), encoding="utf-8")
    out = str(tmp_path / "my_till.toml")
    first = CliRunner().invoke(main, ["formats", "new", str(tmp_path / "till.log"), "-o", out])
    assert first.exit_code == 0 and "one layout, columns timestamp" in first.output
    assert toml(Path(out))["name"] == "my_till"
    second = CliRunner().invoke(main, ["formats", "new", str(tmp_path / "till.log"), "-o", out])
    assert second.exit_code == 2 and "is there already" in second.output
    printed = CliRunner().invoke(main, ["formats", "new", str(tmp_path / "till.log")])
    assert "<{level:level}>" in printed.output
