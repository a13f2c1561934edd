"""The folder: what is kept, by whom at once, in which shape, and what leaves with it."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest

import postmortem_timeline as pt
from postmortem_timeline import errors, incident
from postmortem_timeline.archive import store

DEMO = Path(__file__).parents[2] / "fixtures" / "oauth_token_expired"
REPORT = """\
# Incident on 2024-05-03 - Checkout down

- First detected 2024-05-03 10:00
- Repaired 2024-05-03 10:30

## Actions

- Alert on it
"""


def report(folder: Path, name: str = "one.md", text: str = REPORT) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def import_many(directory: str, folder: str, who: str) -> None:
    for number in range(5):
        path = report(Path(folder), f"{who}-{number}.md", REPORT.replace("Checkout", f"{who} number {number}"))
        pt.Archive(directory).import_markdown(path)


# What must not happen


def test_two_writers_lose_nothing(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=import_many, args=(str(tmp_path / "a"), str(tmp_path), who)) for who in ("left", "right")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    archive = pt.Archive(tmp_path / "a")
    assert (
        len(archive) == 10
        and [finding for _, finding in archive.check() if not finding.code.startswith("action")] == []
    )
    assert not list((tmp_path / "a").glob(".new-*")) and not list((tmp_path / "a").rglob("*.part"))


def test_what_a_dead_writer_left_is_no_incident_and_goes(tmp_path):
    left = tmp_path / "a" / ".new-2024-05-03-half-1"
    left.mkdir(parents=True)
    (left / "incident.json").write_text("{", encoding="utf-8")
    archive = pt.Archive(tmp_path / "a")
    assert archive.incidents() == []
    archive.import_markdown(report(tmp_path))
    assert len(archive) == 1 and not left.exists()


def test_the_index_can_be_deleted_or_broken(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    archive.import_markdown([report(tmp_path), report(tmp_path, "two.md", REPORT.replace("Checkout", "Login"))])
    before = archive.incidents()
    (tmp_path / "a" / store.INDEX).write_text("not json", encoding="utf-8")
    assert archive.incidents() == before
    (tmp_path / "a" / store.INDEX).unlink()
    assert archive.incidents() == before


def test_an_archive_of_a_newer_version_is_refused(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    archive.import_markdown(report(tmp_path))
    (tmp_path / "a" / store.HEAD).write_text(json.dumps({"schema_version": store.VERSION + 1}), encoding="utf-8")
    before = tree(tmp_path / "a")
    for use in (archive.incidents, lambda: archive.import_markdown(report(tmp_path))):
        with pytest.raises(errors.UsageError, match="update it"):
            use()
    assert tree(tmp_path / "a") == before


def test_files_of_people_in_an_incidents_folder_stay(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    (name,) = archive.import_markdown(report(tmp_path))
    (tmp_path / "a" / name / "notes.txt").write_text("mine", encoding="utf-8")
    archive.import_markdown(report(tmp_path))
    assert (tmp_path / "a" / name / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_nothing_to_import_says_so(tmp_path):
    with pytest.raises(errors.NothingReadable):
        pt.Archive(tmp_path / "a").import_markdown(tmp_path)


# What must


def test_the_same_report_again_is_the_same_incident_and_the_same_bytes(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    (name,) = archive.import_markdown(report(tmp_path))
    before = tree(tmp_path / "a")
    assert archive.import_markdown(report(tmp_path)) == [name] == ["2024-05-03-checkout-down"]
    assert tree(tmp_path / "a") == before
    assert sorted(before) == [
        ".gitignore",
        ".lock",
        *(f"{name}/{file}" for file in ("incident.json", "postmortem.md", "timeline.parquet")),
        "archive.json",
    ]


def test_another_report_of_the_same_day_and_title_gets_a_number(tmp_path):
    names = pt.Archive(tmp_path / "a").import_markdown([report(tmp_path), report(tmp_path, "two.md")])
    assert names == ["2024-05-03-checkout-down", "2024-05-03-checkout-down-2"]


def test_a_build_is_kept_from_its_folder_and_as_a_timeline(tmp_path, built):
    folder = built(DEMO)
    archive = pt.Archive(tmp_path / "a")
    name = archive.add(folder)
    assert archive.add(pt.Timeline.load(folder)) == name
    kept = archive.incident(name[:12])
    incident.check(kept)
    assert kept["archive"]["signature"]["alerts"] and kept["archive"]["signature"]["fix"] and kept["archive"]["actions"]
    assert kept["durations"] == json.loads((folder / "incident.json").read_text(encoding="utf-8"))["durations"]
    (entry,) = archive.incidents()
    assert entry.origin == "built" and entry.day == "2025-07-15"


def test_folders_of_builds_side_by_side_are_brought_forward(tmp_path, built):
    shutil.copytree(built(DEMO), tmp_path / "a" / "the-login-incident")
    archive = pt.Archive(tmp_path / "a")
    (entry,) = archive.incidents()
    assert entry.name == "the-login-incident" and entry.services and entry.actions
    assert json.loads((tmp_path / "a" / store.HEAD).read_text(encoding="utf-8")) == {"schema_version": store.VERSION}
    assert (tmp_path / "a" / "the-login-incident" / "report.html").exists()


def test_the_check_finds_what_an_edit_broke(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    (name,) = archive.import_markdown(report(tmp_path))
    assert {finding.code for _, finding in archive.check()} == {"action-owner", "action-due"}
    (tmp_path / "a" / name / "timeline.parquet").unlink()
    assert "missing" in {finding.code for _, finding in archive.check()}
    (tmp_path / "a" / name / "incident.json").write_text('{"title": 3}', encoding="utf-8")
    assert [finding.code for _, finding in archive.check()] == ["schema"]


def test_a_name_that_fits_several_is_refused(tmp_path):
    archive = pt.Archive(tmp_path / "a")
    archive.import_markdown([report(tmp_path), report(tmp_path, "two.md")])
    with pytest.raises(LookupError, match="2 incidents"):
        archive.incident("2024")
