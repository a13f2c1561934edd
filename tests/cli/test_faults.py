"""Exit statuses: 0 done, 1 a check failed, 2 bad usage or nothing readable, 3 our own fault."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import postmortem_timeline
from postmortem_timeline import errors
from postmortem_timeline.cli import main

STATUSES = {
    "nothing readable": (errors.NothingReadable("exports: nothing there"), 2),
    "a bad incident.toml": (errors.AnnotationError('incident.toml: unknown key "x"'), 2),
    "a folder that cannot be written": (PermissionError(13, "Permission denied", "out"), 2),
    "a fault of ours": (KeyError("timestamp"), 3),
    "a ValueError that we did not mean": (ValueError("cannot reshape"), 3),
    "stopped by hand": (KeyboardInterrupt(), 130),
}


def run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize(("error", "status"), STATUSES.values(), ids=STATUSES)
def test_status(monkeypatch, error, status):
    def raising(*_, **__):
        raise error

    monkeypatch.setitem(vars(postmortem_timeline), "build_timeline", raising)
    result = run("build", "exports", "-o", "out")
    assert result.exit_code == status
    assert ("Traceback" in result.stderr) == (status == 3)
    assert result.stdout == ""


@pytest.mark.parametrize(
    "line", ["bulid", "build", "build exports", "build exports -o out --threads 0", "show a.log:1"]
)
def test_bad_usage(line):
    assert run(*line.split()).exit_code == 2


@pytest.mark.parametrize("line", ["--help", "-h", "--version", "build -h", "formats try --help"])
def test_asking_is_no_fault(line):
    assert run(*line.split()).exit_code == 0


def test_the_message_is_for_a_person(monkeypatch):
    def raising(*_, **__):
        raise errors.NothingReadable("exports: no such file or folder")

    monkeypatch.setitem(vars(postmortem_timeline), "inspect", raising)
    assert run("inspect", "exports").stderr == "Error: exports: no such file or folder\n"
