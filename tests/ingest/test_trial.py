"""`pmt formats try`: every format's view of one file, the best first, with reasons."""

from __future__ import annotations

import gzip

import pytest

from postmortem_timeline.errors import NothingReadable, UsageError
from postmortem_timeline.ingest.trial import try_file

PINO = '{"level":30,"time":1752594123412,"pid":42,"hostname":"auth-7d9c5","msg":"%s"}\n'


def seen(tmp_path, text: str) -> dict[str, tuple[float, float, str]]:
    path = tmp_path / "evidence"
    path.write_text(text, encoding="utf-8")
    rows = try_file(path).rows
    assert [row[1] for row in rows] == sorted((row[1] for row in rows), reverse=True)
    return {name: tuple(rest) for name, *rest in rows}


def test_what_cannot_be_tried_says_why(tmp_path):
    with pytest.raises(NothingReadable, match="is no file"):
        try_file(tmp_path)
    (tmp_path / "nothing").touch()
    with pytest.raises(NothingReadable, match="empty"):
        try_file(tmp_path / "nothing")
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50)
    with pytest.raises(UsageError, match="binary"):
        try_file(tmp_path / "picture")


def test_every_format_is_there_the_best_first(tmp_path):
    found = seen(tmp_path, PINO % "hello" + "not JSON\n")
    assert next(iter(found)) == "pino"
    assert found["pino"] == (0.5, 0.5, "1 are not a JSON object, first in line 2")
    assert found["zerolog"][2].endswith("; no message in 1, first in line 1")
    assert {"combined_access", "postgresql_csvlog", "logfmt"} < set(found)


def test_a_layout_says_how_much_it_matched_and_where_the_rest_stops(tmp_path):
    line = '203.0.113.9 - - [15/Jul/2025:17:42:03 +0200] "GET / HTTP/1.1" {} 162\n'
    found = seen(tmp_path, line.format(200) * 2 + line.format("OK"))
    confidence, matched, note = found["combined_access"]
    assert (round(confidence, 3), round(matched, 3)) == (0.667, 0.667)
    assert note == "common 2 of 3; 1 stop in combined at {status_code:int}, first in line 3: OK 162"


def test_a_value_of_another_type_is_named(tmp_path):
    found = seen(tmp_path, PINO.replace("30", '"info"') % "x")
    assert found["pino"][2] == "a value of another type in 1, first in line 1"


def test_continuations_are_not_complained_about(tmp_path):
    traceback = "Traceback (most recent call last):\n  File\nValueError: x\n"
    text = f"2025-07-15 17:42:03,412 - auth - ERROR - failed\n{traceback}"
    assert seen(tmp_path, text)["python_logging"] == (1.0, 0.25, "dashed 1 of 4")


def test_documents_and_compressed_files_are_tried_too(tmp_path):
    path = tmp_path / "export.gz"
    incident = b'{"incident_updates": [], "components": [], "shortlink": "x"}'
    path.write_bytes(gzip.compress(b'{"incidents": [' + incident + b'], "page": {}}'))
    assert try_file(path).rows[0][0] == "statuspage"


def test_only_the_nearest_of_those_that_match_nothing_are_looked_at(tmp_path):
    path = tmp_path / "evidence"
    path.write_text(PINO % "hello", encoding="utf-8")
    every, few = try_file(path), try_file(path, nearest=2)
    assert every.more == 0 and few.more == len(every.rows) - len(few.rows) > 100
    assert few.rows == every.rows[: len(few.rows)]
    assert [share for _, _, share, _ in few.rows[-3:]][1:] == [0.0, 0.0]
