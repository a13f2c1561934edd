"""What a build leaves in its folder, what people put there, and what a report makes of both."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

import postmortem_timeline as pt
from postmortem_timeline.errors import AnnotationError, NothingReadable
from postmortem_timeline.rows import csv_of
from tests.soup import EXPORTS, name_of

EXPORT = next(path for path in EXPORTS if name_of(path) == "bad_deploy_rolled_back")
WRITTEN = {"timeline.parquet", "timeline.csv", "incident.json", "postmortem.md", "report.html", "evidence.parquet"}


@pytest.fixture(scope="module")
def built() -> pt.Timeline:
    return pt.build_timeline(EXPORT)


@pytest.fixture
def saved(built, tmp_path) -> Path:
    built.save(tmp_path / "out")
    return tmp_path / "out"


def incident(folder: Path) -> dict:
    return json.loads((folder / "incident.json").read_text(encoding="utf-8"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def report(folder: Path, text: str) -> dict:
    """The incident after a report with this incident.toml."""
    (folder / "incident.toml").write_text(text, encoding="utf-8")
    pt.api.report(folder)
    return incident(folder)


# What must not happen


def test_foreign_files_stay(built, saved):
    (saved / "notes.txt").write_text("mine")
    (saved / "pictures").mkdir()
    (saved / "pictures" / "graph.png").write_bytes(b"png")
    (saved / "incident.toml").write_text('title = "Mine"\n')
    built.save(saved)
    assert (saved / "notes.txt").read_text() == "mine" and (saved / "pictures" / "graph.png").read_bytes() == b"png"
    assert (saved / "incident.toml").read_text() == 'title = "Mine"\n'


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "\nOne line more.\n",
        lambda text: text.rsplit("\n", 2)[0],
        lambda text: "All anew.\n",
        lambda text: "",
    ],
    ids=["a line behind the mark", "the mark taken out", "written anew", "emptied"],
)
def test_every_edit_is_seen(built, saved, edit):
    mine = edit((saved / "postmortem.md").read_text(encoding="utf-8"))
    (saved / "postmortem.md").write_text(mine, encoding="utf-8")
    built.save(saved)
    assert (saved / "postmortem.md").read_text(encoding="utf-8") == mine


def test_windows_line_ends_are_no_edit(built, saved):
    text = (saved / "postmortem.md").read_bytes()
    (saved / "postmortem.md").write_bytes(text.replace(b"\n", b"\r\n"))
    built.save(saved)
    assert (saved / "postmortem.md").read_bytes() == text and not (saved / "postmortem.generated.md").exists()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        '=cmd|"/c calc"!A1',
        "\n=1",
        "\u200a=1",
        "＝1",
        "\0=1",
        "=1\r=2",
    ],
)
def test_no_cell_of_the_csv_starts_a_formula(text):
    row = {"summary": text, "citations": [f"{text}.log:1"], "service": text, "actor": text}
    cells = next(iter(csv.DictReader(io.StringIO(csv_of([row])))))
    for name in ("summary", "service", "actor", "citations"):
        assert cells[name].startswith("'") and text.strip("\0\t\r\n ").split("\r")[0] in cells[name]


def test_a_cell_with_a_semicolon_is_quoted():
    assert '"a;=1+1"' in csv_of([{"summary": "a;=1+1"}])


def test_a_folder_that_is_not_complete_is_told(saved):
    (saved / "timeline.parquet").unlink()
    with pytest.raises(NothingReadable, match="pmt build PATH"):
        pt.Timeline.load(saved)


def test_an_annotation_that_cannot_be_meant_changes_no_file(saved):
    before = bytes_of(saved)
    with pytest.raises(AnnotationError):
        report(saved, 'titel = "Typo"\n')
    assert {name: data for name, data in bytes_of(saved).items() if name != "incident.toml"} == before


# What is written


def test_save_writes_all_files_and_again_the_same(built, saved):
    assert {path.name for path in saved.iterdir()} == WRITTEN
    before = bytes_of(saved)
    built.save(saved)
    assert bytes_of(saved) == before


def test_the_parquet_is_the_frame(built, saved):
    frame = pd.read_parquet(saved / "timeline.parquet")
    assert [*frame.columns] == [*built.frame.columns] and len(frame) == len(built.frame)
    assert frame["start"].equals(built.frame["start"])
    assert [list(c) for c in frame["citations"]] == built.frame["citations"].tolist()


def test_the_csv_has_a_line_for_each_row(built, saved):
    lines = list(csv.DictReader((saved / "timeline.csv").read_text(encoding="utf-8").splitlines()))
    assert len(lines) == len(built.frame) and lines[0]["start"].endswith("Z")


def test_loading_and_saving_changes_no_byte(saved, tmp_path):
    loaded = pt.Timeline.load(saved)
    assert loaded.incident == incident(saved)
    loaded.save(tmp_path / "again")
    assert bytes_of(tmp_path / "again") == bytes_of(saved)


def test_a_loaded_timeline_is_a_timeline(built, saved):
    loaded = pt.Timeline.load(saved)
    assert loaded.frame.dtypes.equals(built.frame.dtypes)
    assert loaded.windows[["start", "end"]].equals(built.windows[["start", "end"]])
    assert loaded.ledger.equals(built.ledger)


# What a report does


def test_a_title_and_a_severity(saved):
    told = report(saved, 'title = "Checkout down"\nseverity = "SEV1"\n')
    assert told["title"] == "Checkout down" and told["severity"] == "SEV1"
    assert all(
        "Checkout down" in (saved / name).read_text(encoding="utf-8") for name in ("postmortem.md", "report.html")
    )
    assert report(saved, "")["title"] is None


def test_a_mark_moves_durations_and_keeps_what_was_inferred(built, saved):
    inferred = built.incident["lifecycle"]["detected"]
    start = pd.Timestamp(built.incident["lifecycle"]["impact_start"]["at"])
    at = (start + pd.Timedelta(seconds=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = report(saved, f'[marks]\ndetected = {{ at = {at}, reason = "said on the phone" }}\n')
    mark = told["lifecycle"]["detected"]
    assert (
        mark["origin"] == "annotated"
        and mark["reason"] == "said on the phone"
        and mark["alternatives"][0]["at"] == inferred["at"]
    )
    assert told["durations"]["time_to_detect_seconds"] == (pd.Timestamp(at) - start).total_seconds()
    assert report(saved, "")["lifecycle"]["detected"]["at"] == inferred["at"]


def test_a_mark_that_did_not_happen(saved):
    told = report(saved, "[marks]\nacknowledged = false\n")
    assert told["lifecycle"]["acknowledged"]["at"] is None and told["durations"]["time_to_acknowledge_seconds"] is None


def test_notes_come_go_and_never_twice(built, saved):
    at = built.incident["lifecycle"]["impact_start"]["at"]
    note = f'[[notes]]\nat = {at}\ntext = "The vendor was called."\nservice = "checkout"\n'
    for _ in range(2):
        report(saved, note)
        rows = pd.read_parquet(saved / "timeline.parquet")
        mine = rows[rows["summary"] == "The vendor was called."]
        assert len(mine) == 1 and mine["phase"].item() in ("impact", "before") and mine["service"].item() == "checkout"
        assert rows["start"].is_monotonic_increasing
    report(saved, "")
    assert len(pd.read_parquet(saved / "timeline.parquet")) == len(built.frame)


def test_hidden_entries_go_and_want_a_build_to_come_back(built, saved):
    row = built.frame.iloc[0]
    told = report(saved, f'hidden = ["{row["citations"][0]}"]\n')
    assert len(pd.read_parquet(saved / "timeline.parquet")) == len(built.frame) - 1
    assert not [f for f in told["findings"] if f["code"] == "needs_build"]
    wants = next(f["message"] for f in report(saved, "")["findings"] if f["code"] == "needs_build")
    assert wants.startswith("incident.toml changed hidden")


def test_what_wants_a_build_is_told_until_it_was_built(saved, tmp_path):
    for _ in range(2):
        told = report(saved, 'failed = [401]\n[sources]\n"web-1/*" = { clock = 3 }\n')
        assert [f["message"] for f in told["findings"] if f["code"] == "needs_build"] == [
            "incident.toml changed sources, failed: that takes effect with the next `pmt build`"
        ]
    pt.build_timeline(EXPORT, annotations=saved / "incident.toml").save(saved)
    pt.api.report(saved)
    assert not [f for f in incident(saved)["findings"] if f["code"] == "needs_build"]


def test_a_report_again_changes_no_byte(saved):
    text = 'title = "T"\n[marks]\ndetected = 2025-09-03T11:30:00Z\nclosed = false\n[[notes]]\nat = 2025-09-03T11:31:00Z\ntext = "Noted."\n'
    report(saved, text)
    before = bytes_of(saved)
    report(saved, text)
    assert bytes_of(saved) == before


def test_a_report_says_what_a_build_with_the_same_annotations_says(built, saved):
    text = (
        'title = "T"\n[marks]\ndetected = 2025-09-03T11:30:00Z\n[[notes]]\nat = 2025-09-03T11:31:00Z\ntext = "Noted."\n'
    )
    reported = report(saved, text)
    fresh = pt.build_timeline(EXPORT, annotations=saved / "incident.toml")
    fresh.save(saved.parent / "fresh")
    again = incident(saved.parent / "fresh")
    assert reported["lifecycle"] == again["lifecycle"] and reported["title"] == again["title"]
    frames = [
        pd.read_parquet(folder / "timeline.parquet").drop(columns=["citations", "score"])
        for folder in (saved, saved.parent / "fresh")
    ]
    pd.testing.assert_frame_equal(*frames)


def test_annotations_as_a_mapping_and_from_elsewhere_are_not_forgotten(saved, tmp_path):
    t = pt.build_timeline(EXPORT, annotations={"title": "From Python", "failed": [500, 503]})
    t.save(tmp_path / "other")
    pt.api.report(tmp_path / "other")
    told = incident(tmp_path / "other")
    assert told["title"] == "From Python" and not [f for f in told["findings"] if f["code"] == "needs_build"]


def test_roles_of_people_do_not_reach_the_files(tmp_path):
    t = pt.build_timeline(EXPORT, annotations={"roles": {"Wilhelmina Quux": "incident commander"}})
    t.save(tmp_path / "out")
    assert not any(b"Quux" in data for data in bytes_of(tmp_path / "out").values())


# What people wrote into postmortem.md


def edited(folder: Path, old: str, new: str) -> None:
    text = (folder / "postmortem.md").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / "postmortem.md").write_text(text.replace(old, new), encoding="utf-8")


MARK = '[marks]\ndetected = 2025-09-03T11:40:30Z\n'


def test_a_report_renews_what_is_generated_and_keeps_what_people_wrote(saved):
    edited(saved, "_[to be filled: what else went well]_", "The vendor answered within a minute.")
    edited(saved, "## Impact", "## Impact on customers")
    edited(saved, "<!-- pmt timeline -->", "## From the phone bridge\n\nNobody dialled in.\n\n<!-- pmt timeline -->")
    report(saved, MARK)
    text = (saved / "postmortem.md").read_text(encoding="utf-8")
    assert "The vendor answered" in text and "## Impact on customers" in text and "Nobody dialled in." in text
    assert "11:40:30" in text and "(annotated)" in text
    assert not (saved / "postmortem.generated.md").exists()


def test_a_sentence_of_theirs_for_which_there_is_other_text_now_is_kept_and_the_fresh_one_lies_beside(saved):
    edited(saved, "The likeliest trigger is the change ", "We are sure that it was ")
    report(saved, MARK)
    text, beside = ((saved / name).read_text(encoding="utf-8") for name in ("postmortem.md", "postmortem.generated.md"))
    assert "We are sure that it was" in text and "11:40:30" in beside and "We are sure" not in beside
    (saved / "postmortem.md").write_text(beside, encoding="utf-8")
    report(saved, MARK)
    assert not (saved / "postmortem.generated.md").exists()


def test_an_edit_made_on_windows_keeps_its_line_ends(saved):
    path = saved / "postmortem.md"
    text = path.read_text(encoding="utf-8").replace("_[to be filled: what else went well]_", "Luck.")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    report(saved, MARK)
    data = path.read_bytes()
    assert b"Luck." in data and b"11:40:30" in data and data.count(b"\n") == data.count(b"\r\n")


def test_a_file_that_the_first_version_wrote_is_replaced_and_one_that_was_edited_is_kept(saved):
    body = "# Incident\n\nAll of it.\n"
    signed = f"{body}\n<!-- generated text ends here; sha256 {hashlib.sha256(body.encode()).hexdigest()} -->\n"
    for text, kept in ((signed, False), (signed.replace("All", "Most"), True)):
        (saved / "postmortem.md").write_text(text, encoding="utf-8")
        report(saved, "")
        assert ((saved / "postmortem.md").read_text(encoding="utf-8") == text) is kept
        assert (saved / "postmortem.generated.md").exists() is kept


def test_a_file_that_is_no_text_is_kept(saved):
    (saved / "postmortem.md").write_bytes("Störung".encode("cp1252"))
    report(saved, "")
    assert (saved / "postmortem.md").read_bytes() == "Störung".encode("cp1252")
    assert (saved / "postmortem.generated.md").exists()


# What leaves


def test_the_inputs_are_indexed_and_a_report_keeps_them(saved):
    rows = {row["path"]: row for row in incident(saved)["inputs"]}
    file = next(path for path in sorted(Path(EXPORT).rglob("*.json")))
    mine = rows[file.relative_to(EXPORT).as_posix()]
    assert mine["bytes"] == file.stat().st_size
    assert mine["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert report(saved, "")["inputs"] == incident(saved)["inputs"]
    assert mine["sha256"] in (saved / "postmortem.md").read_text(encoding="utf-8")


def test_a_leak_writes_nothing(built, tmp_path, monkeypatch):
    from postmortem_timeline.redact import Leak

    told = built._document()
    actor = next(row["actor"] for row in told.rows if row.get("actor"))
    monkeypatch.setattr(built, "_document", lambda **_: dataclasses.replace(told, known=(actor,), spare=()))
    with pytest.raises(Leak):
        built.save(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_no_redact_leaves_names_and_addresses_and_the_default_takes_them_out(built, tmp_path):
    names = {row["actor"] for row in built.rows if row["kind"] == "chat" and row["actor"]}
    built.save(tmp_path / "raw", redact=False)
    built.save(tmp_path / "out")
    text = lambda folder: b"".join(bytes_of(tmp_path / folder).values()).decode("utf-8", "replace")  # noqa: E731
    assert names and all(name in text("raw") for name in names)
    assert not any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text("out")) for name in names)


def test_exports_for_other_programs(built, tmp_path):
    built.save(tmp_path / "out", exports=["timesketch-csv", "timesketch-jsonl", "mermaid"])
    rows = list(csv.DictReader((tmp_path / "out" / "timesketch.csv").read_text(encoding="utf-8").splitlines()))
    lines = (tmp_path / "out" / "timesketch.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(lines) == len(built.frame)
    first = json.loads(lines[0])
    assert [*first][:4] == ["message", "datetime", "timestamp_desc", "timestamp"]
    assert pd.Timestamp(first["datetime"]).value // 1000 == first["timestamp"]
    chart = (tmp_path / "out" / "timeline.mmd").read_text(encoding="utf-8")
    assert chart.startswith("gantt\n") and "section Impact" in chart and ":crit, 2025-09-03T" in chart
