"""Unknown JSON and tables: fields are found by name and by value, and the mapping is told."""

from __future__ import annotations

from pathlib import Path

from postmortem_timeline import read
from postmortem_timeline.ingest.inferred import infer
from postmortem_timeline.ingest.source import Source
from postmortem_timeline.ingest.survey import survey

RECORD = {
    "when": "2025-07-15 15:42:03", "prio": "WARN", "what": {"text": "pool is at 18 of 20"}, "httpStatus": 503,
    "elapsed_s": 0.048, "uri": "/orders/1812", "verb": "GET", "clientIp": "203.0.113.9", "who": {"userId": "u00297"},
    "component": "orders", "requestId": "6a7f0c6a-1111-4000-8000-aa00bb11cc22",
}  # fmt: skip


def columns(record: dict[str, object], engine: str = "jsonl") -> dict[str, str]:
    found = infer([record] * 3, engine)
    return {name: spec.fields[0] for name, spec in found[0].columns.items()} if found else {}


def test_nothing_that_is_a_time_is_nothing() -> None:
    assert infer([{"version": "1.2.3", "size": 1752594123, "name": "x"}] * 3, "jsonl") is None


def test_a_number_is_a_time_by_its_name_only() -> None:
    assert columns({"created": 1752594123, "size": 1752594123}) == {"timestamp": "created"}


def test_the_time_it_happened_comes_before_the_time_it_was_taken_in() -> None:
    assert (
        columns({"ingestion_time": "2025-07-15T15:43:00Z", "event_at": "2025-07-15T15:42:03Z"})["timestamp"]
        == "event_at"
    )


def test_each_column_has_its_field() -> None:
    assert columns(RECORD) == {
        "timestamp": "when", "severity_text": "prio", "status_code": "httpStatus", "duration_ms": "elapsed_s",
        "endpoint": "uri", "trace_id": "requestId", "client": "clientIp", "user": "who.userId", "service": "component",
        "body": "what.text",
    }  # fmt: skip


def test_a_field_of_the_right_name_and_the_wrong_value_is_left() -> None:
    found = columns(
        {"time": "2025-07-15T15:42:03Z", "status": "open", "level": "third floor", "path": "left", "ip": "n/a"}
    )
    assert not {"status_code", "severity_text", "endpoint", "client"} & set(found)


def test_the_longest_words_are_the_message() -> None:
    assert columns({"ts": "2025-07-15T15:42:03Z", "a": "x", "b": "the pool is exhausted"})["body"] == "b"


def test_the_ledger_tells_what_was_taken_for_what(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Occurred At;Prio;Details\n2025-07-15 15:42:03;ERROR;pool exhausted\n2025-07-15 15:42:04;INFO;fine again\n"
    )
    found = survey(Source("x.csv", path))
    assert found.plan.name == "generic_table" and found.plan.confidence < 0.5
    assert found.plan.reason.endswith("timestamp = Occurred At, severity_text = Prio, body = Details")
    assert read(path)[["severity_number", "body"]].to_numpy().tolist() == [[17, "pool exhausted"], [9, "fine again"]]
