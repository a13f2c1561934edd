"""The verbs one after another on the bundled incident, as a newcomer types them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from postmortem_timeline import incident
from postmortem_timeline.cli import main

WRITTEN = ("incident.json", "postmortem.md", "report.html", "timeline.csv", "timeline.parquet")


def run(*arguments: object, status: int = 0) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, run("demo", folder)


@pytest.fixture
def built(demo, tmp_path) -> Path:
    """A copy of what the demo built, to be changed."""
    return Path(shutil.copytree(demo[0] / "out", tmp_path / "out"))


def told(directory: Path) -> dict:
    return json.loads((directory / "incident.json").read_text(encoding="utf-8"))


def test_the_demo_fits_80_columns_and_says_where_its_files_are(demo):
    folder, printed = demo
    story, _, places = printed.rpartition("exports  ")
    assert [line for line in story.splitlines() if len(line) > 80] == []
    assert str(folder / "out" / "report.html") in places and str(folder / "out" / "postmortem.md") in places
    assert all((folder / "out" / name).is_file() for name in WRITTEN)


def test_a_second_demo_is_the_same(demo, tmp_path):
    folder, _ = demo
    run("demo", tmp_path / "again")
    assert [
        name for name in WRITTEN if (tmp_path / "again/out" / name).read_bytes() != (folder / "out" / name).read_bytes()
    ] == []


def test_what_a_build_writes_is_valid(demo):
    incident.check(told(demo[0] / "out"))


def test_a_build_does_not_depend_on_the_number_of_threads(demo, tmp_path):
    folder, _ = demo
    run("build", folder / "exports", "-o", tmp_path / "out", "--threads", 1)
    assert (tmp_path / "out/incident.json").read_bytes() == (folder / "out/incident.json").read_bytes()


def test_a_build_replaces_what_it_wrote_and_nothing_else(demo, built):
    (built / "notes.txt").write_text("mine")
    (built / "timeline.csv").write_text("old")
    run("build", demo[0] / "exports", "-o", built)
    assert (built / "notes.txt").read_text() == "mine"
    assert (built / "timeline.csv").read_bytes() == (demo[0] / "out/timeline.csv").read_bytes()


def test_inspect_names_every_source_of_the_ledger(demo):
    folder, _ = demo
    sources = [row["source"] for row in told(folder / "out")["ledger"]]
    assert [row["source"] for row in json.loads(run("inspect", folder / "exports", "--json"))] == sources
    printed = run("inspect", folder / "exports").splitlines()
    assert [source for source in sources if source not in printed] == []
    numbers = [line for line in printed if line.startswith("  ") and not line.startswith("  !")]
    assert [line for line in numbers if len(line) > 80] == []


def test_show_prints_a_cited_record(demo):
    folder, _ = demo
    (citation, *_) = told(folder / "out")["lifecycle"]["impact_start"]["citations"]
    printed = run("show", citation, folder / "exports", "-C", 1)
    line = citation.rpartition(":")[2]
    marked = [row for row in printed.splitlines() if row.startswith(">")]
    assert printed.startswith(f"{citation}\n") and len(marked) == 1 and marked[0].split()[1] == line


@pytest.mark.parametrize("citation", ["web-1/nginx/access.log:99999999", "nowhere.log:1", "web-1/nginx/access.log"])
def test_show_of_what_is_not_there(demo, citation):
    run("show", citation, demo[0] / "exports", status=2)


def test_parse_writes_every_event(demo, tmp_path):
    folder, _ = demo
    run("parse", folder / "exports", "-o", tmp_path / "events.jsonl")
    events = sum(row["events"] for row in told(folder / "out")["ledger"])
    assert len((tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()) == events


def test_report_applies_an_edited_incident_toml(demo, built):
    (built / "incident.toml").write_text(
        'title = "Partner logins"\n[[notes]]\nat = 2025-07-15T18:05:00Z\ntext = "The vendor called."\n'
    )
    run("report", built)
    assert told(built)["title"] == "Partner logins"
    page = (built / "postmortem.md").read_text(encoding="utf-8")
    assert "Partner logins" in page and "The vendor called." in page


def test_a_build_reads_the_incident_toml_of_its_folder(demo, built):
    (built / "incident.toml").write_text(
        'slo = "99.9%"\n[marks]\ndetected = 2025-07-15T17:44:00Z\nacknowledged = false\n'
    )
    run("build", demo[0] / "exports", "-o", built)
    found = told(built)
    assert found["lifecycle"]["detected"]["at"] == "2025-07-15T17:44:00.000Z"
    assert found["lifecycle"]["acknowledged"]["at"] is None
    assert found["impact"]["error_budget"]["slo"] == 0.999


def test_a_wrong_key_stops_a_build(demo, built):
    (built / "incident.toml").write_text("sevrity = 1\n")
    assert CliRunner().invoke(main, ["build", str(demo[0] / "exports"), "-o", str(built)]).exit_code == 2


def test_check_finds_the_blanks_that_only_people_can_fill(built):
    assert "blank" in run("check", built, status=1)


def test_check_of_a_sound_postmortem(tmp_path):
    (tmp_path / "sound.md").write_text("# A short outage\n\nThe disk was full.\n")
    run("check", tmp_path / "sound.md")


def test_check_of_what_is_not_there(tmp_path):
    run("check", tmp_path / "missing.md", status=2)
    run("check", tmp_path, status=2)
