"""`pmt archive` and `pmt similar` from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from postmortem_timeline.cli import main

REPORT = "# Login down on 2024-05-03\n\n**Services:** auth\n\n- First detected 2024-05-03 10:00\n- Repaired 2024-05-03 10:30\n"


@pytest.fixture
def archive(tmp_path):
    for name, text in (("one.md", REPORT), ("two.md", REPORT.replace("05-03", "06-09"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("archive", "import", str(tmp_path / "one.md"), str(tmp_path / "two.md"), "--archive", str(tmp_path / "a"))
    return str(tmp_path / "a")


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == status, result.output
    return result.stdout


def test_list_show_trends_check_similar(archive, tmp_path):
    assert "2024-05-03-login-down" in run("archive", "list", "--archive", archive)
    assert run("archive", "show", "2024-05", "--archive", archive).startswith("# Login down")
    assert json.loads(run("archive", "trends", "--json", "--archive", archive))["incidents"] == 2
    assert "detected to mitigated" in run("archive", "trends", "--archive", archive)
    run("archive", "trends", "--html", str(tmp_path / "page.html"), "--archive", archive)
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("archive", "check", "--archive", archive) == "Nothing is wrong.\n"
    assert "2024-05-03-login-down" in run("similar", "2024-06-09-login-down", "--archive", archive)
    assert (
        json.loads(run("similar", str(tmp_path / "two.md"), "--json", "--archive", archive))[0]["recurrence"] is False
    )


@pytest.mark.parametrize("arguments", [("show", "nothing"), ("add", "nowhere"), ("trends", "--as-of", "soon")])
def test_misuse_is_status_2(archive, arguments):
    run("archive", *arguments, "--archive", archive, status=2)


@pytest.mark.parametrize("verb", [("similar", "x"), ("archive", "trends"), ("archive", "list"), ("archive", "check")], ids=" ".join)
def test_an_archive_that_is_not_there_is_not_an_empty_one(verb, tmp_path):
    result = CliRunner().invoke(main, [*verb, "--archive", str(tmp_path / "gone")])
    assert result.exit_code == 2 and "no archive is at" in result.output
