"""One test for all nested exports; a new one adds a module and its samples, and nothing here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from postmortem_timeline.formats import exports as package
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.registry import exports
from postmortem_timeline.frame import EVENT_SCHEMA, KINDS

FOLDER = Path(package.__file__).parent
HEAD = 65_536
OTHERS: tuple[Any, ...] = (None, 7, 1.5, True, "x", [], {}, [7, None], {"a": {"b": []}})


class Sample:
    """One sample file beside its module: `name.sample.json` or `name.variant.sample.json`."""

    def __init__(self, path: Path) -> None:
        self.path, self.data = path, path.read_bytes()
        self.module = next(m for m in exports() if path.name.partition(".")[0] == m.NAME)
        self.expected = path.with_name(path.name.partition(".sample.")[0] + ".events.jsonl")

    def __str__(self) -> str:
        return self.path.name.partition(".sample.")[0]

    def context(self) -> Context:
        """Siblings of the sample lie beside it as `name.sibling`: `slack.users.json` is `../users.json`."""
        return Context(f"exports/inc-8602/{self.path.name}", self.sibling)

    def sibling(self, source: str) -> bytes | None:
        path = FOLDER / f"{self.module.NAME}.{source.rpartition('/')[2]}"
        return path.read_bytes() if source.startswith("exports/") and path.exists() else None

    def parse(self, data: bytes | None = None, context: Context | None = None) -> list[dict[str, Any]]:
        return list(self.module.parse(self.data if data is None else data, context or self.context()))


SAMPLES = [Sample(path) for path in sorted(FOLDER.glob("*.sample.*"))]
JSON_SAMPLES = [sample for sample in SAMPLES if sample.path.suffix in (".json", ".jsonl")]
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)
each_json = pytest.mark.parametrize("sample", JSON_SAMPLES, ids=str)


@each_sample
def test_sample(sample: Sample, regen: bool) -> None:
    context = sample.context()
    events = sample.parse(context=context)
    assert events
    found = [readable(event) for event in events] + [{"note": code, "message": text} for code, text in context.notes]
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in found)
    if regen:
        sample.expected.write_text(lines, encoding="utf-8")
    assert lines == sample.expected.read_text(encoding="utf-8"), f"pytest --regen -k {sample}"


@pytest.mark.parametrize("module", exports(), ids=lambda module: module.NAME)
def test_every_module_says_what_it_is_and_has_a_sample(module: Any) -> None:
    assert module.KIND in KINDS and module.TITLE and module.GROUP and module.NAMES and module.URL.startswith("https://")
    assert any(sample.module is module for sample in SAMPLES)


@each_sample
def test_events_are_rows_of_the_frame(sample: Sample) -> None:
    events = sample.parse()
    assert len({(event["line"], event["ordinal"]) for event in events}) == len(events)
    for event in events:
        assert set(event) <= {*EVENT_SCHEMA.names, "unparsed", "structure", "element"}
        assert event["kind"] in KINDS and event["line"] >= 1
        assert None not in event.values()
        if "attributes" in event:
            assert isinstance(json.loads(event["attributes"]), dict)


@each_sample
def test_every_event_says_where_in_the_text_its_element_stands(sample: Sample) -> None:
    text = sample.data.decode("utf-8-sig", "replace")
    for event in sample.parse():
        start, end = event["element"]
        assert event["line"] == text.count("\n", 0, start) + 1
        assert event.get("stamp", "") in text[start:end]
        if text[start] == "{":
            assert json.loads(text[start:end], strict=False)


@each_sample
@pytest.mark.parametrize("module", exports(), ids=lambda module: module.NAME)
def test_only_its_own_module_claims_a_sample(module: Any, sample: Sample) -> None:
    confidence = module.sniff(sample.data[:HEAD], sample.path.name)
    assert confidence >= 0.9 if module is sample.module else confidence < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "{",
        "[]",
        "{}",
        "null",
        "17",
        '{"level":"info","msg":"x","time":1}',
        "[Tue Jul 15] [error] x",
        "commit to it",
    ],
)
@pytest.mark.parametrize("module", exports(), ids=lambda module: module.NAME)
def test_what_is_no_export_is_claimed_by_none_and_raises_in_none(module: Any, text: str) -> None:
    assert module.sniff(text.encode(), "x.json") < 0.5
    list(module.parse(text.encode(), Context("x.json")))


@each_sample
def test_a_truncated_export_gives_what_stands_before(sample: Sample) -> None:
    whole = len(sample.parse())
    for cut in range(0, len(sample.data), max(1, len(sample.data) // 97)):
        context = sample.context()
        events = sample.parse(sample.data[:cut], context)
        assert len(events) <= whole + 1  # the broken element itself is one
        assert all(event["line"] <= sample.data.count(b"\n", 0, cut) + 1 for event in events)


@each_json
def test_a_break_is_noted_with_its_line(sample: Sample) -> None:
    context = sample.context()
    last = sample.data.rindex(b'"')
    sample.parse(sample.data[:last], context)
    assert [message for code, message in context.notes if code == "broken_json" and "line" in message]


@each_json
def test_a_line_is_where_the_element_starts(sample: Sample) -> None:
    text = sample.data.decode()
    starts = [0] + [k + 1 for k, character in enumerate(text) if character == "\n"]
    for event in sample.parse():
        line = text[starts[event["line"] - 1] :].split("\n", 1)[0]
        places = (starts[event["line"] - 1] + k for k, character in enumerate(line) if character == "{")
        assert any(event.get("stamp", "") in json.dumps(value, ensure_ascii=False) for value in objects_at(text, places)), event


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.path.suffix == ".txt"], ids=str)
def test_a_line_of_text_is_where_the_record_starts(sample: Sample) -> None:
    """Its first lines say which it is, or when; what is pasted may say so below the author's name."""
    lines = sample.data.decode().split("\n")
    for event in sample.parse():
        first = "\n".join(lines[event["line"] - 1 : event["line"] + 2])
        told = [event[name] for name in ("correlation_key", "stamp") if name in event]
        assert not told or any(one in first for one in told)


@each_json
@pytest.mark.parametrize("indent", [None, 1], ids=["compact", "indented"])
@pytest.mark.parametrize("between", ["\n", ""], ids=["lines", "concatenated"])
def test_the_layout_of_the_json_changes_nothing_but_lines(sample: Sample, indent: int | None, between: str) -> None:
    text = between.join(json.dumps(document, indent=indent) for document in documents(sample.data.decode()))
    again = sample.parse(b"\xef\xbb\xbf \n" + text.encode())
    assert [unplaced(event) for event in again] == [unplaced(event) for event in sample.parse()]


@each_json
def test_a_member_of_another_type_raises_in_none(sample: Sample) -> None:
    for document in documents(sample.data.decode()):
        places = list(members(document))
        for holder, key in places[:: max(1, len(places) // 60)]:
            kept = holder[key]
            for other in OTHERS:
                holder[key] = other
                list(sample.parse(json.dumps(document).encode()))
            holder[key] = kept


def test_half_a_surrogate_pair_does_not_pass() -> None:
    sample = next(sample for sample in SAMPLES if str(sample) == "slack")
    [event] = sample.parse(b'[{"type":"message","ts":"1752601810.790664","user":"U1","text":"\\ud83d half"}]')
    assert event["body"] == "? half"


def members(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document that holds a value, as its holder and its key there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from members(value[key])


def unplaced(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in ("line", "ordinal", "element")}


def documents(text: str) -> Iterator[Any]:
    at, decoder = 0, json.JSONDecoder()
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def objects_at(text: str, places: Iterator[int]) -> Iterator[Any]:
    for place in places:
        yield json.JSONDecoder().raw_decode(text, place)[0]


def readable(event: dict[str, Any]) -> dict[str, Any]:
    """The event as people read it: columns in the order of the frame, the time as RFC 3339, attributes open."""
    shown = {name: event[name] for name in (*EVENT_SCHEMA.names, "unparsed") if name in event}
    if "timestamp" in shown:
        seconds, ns = divmod(shown["timestamp"], 1_000_000_000)
        fraction = f"{ns:09d}".rstrip("0").ljust(3, "0")
        shown["timestamp"] = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction}Z"
    if "attributes" in shown:
        shown["attributes"] = json.loads(shown["attributes"])
    return shown
