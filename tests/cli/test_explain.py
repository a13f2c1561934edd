"""`pmt explain` says what `Timeline.explain` says; what cannot be asked for is bad usage."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import postmortem_timeline
from postmortem_timeline.cli import main


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    events = tmp_path_factory.mktemp("in") / "access.log"
    times = [f"17:{minute:02}:{second:02}" for minute in range(60) for second in range(0, 60, 2)]
    events.write_text(
        "".join(
            f'203.0.113.{number % 50} - u{number % 90} [15/Jul/2025:{time} +0000] "GET /auth/login HTTP/1.1" '
            f'{503 if "17:30" <= time < "17:40" and number % 3 == 0 else 200} 12 "-" "app"\n'
            for number, time in enumerate(times)
        )
    )
    folder = tmp_path_factory.mktemp("out")
    postmortem_timeline.build_timeline([str(events)]).save(folder)
    return folder


def run(*words: str):
    return CliRunner().invoke(main, ["explain", *map(str, words)])


def test_what_is_not_there_is_bad_usage_with_a_list(built):
    done = run(built, "nonsense")
    assert done.exit_code == 2 and "users.share" in done.output and "impact_start" in done.output


def test_a_folder_that_was_not_built_is_told(tmp_path):
    done = run(tmp_path, "impact_start")
    assert done.exit_code == 2 and "pmt build" in done.output


def test_a_mark_is_explained_from_the_folder_alone(built):
    done = run(built, "impact_start")
    assert done.exit_code == 0
    assert done.output.startswith("impact_start: 2025-07-15T17:30:00.000Z")
    assert "GET /auth/login" in done.output and "[marks]" in done.output


def test_several_words_are_one_question(built):
    assert run(built, "row", "1").output == run(built, "1").output != ""


def test_its_override_takes_effect(built):
    (built / "incident.toml").write_text('[marks]\nimpact_start = { at = 2025-07-15T17:31:00Z, reason = "first call" }\n')
    try:
        told = run(built, "impact_start").output
    finally:
        (built / "incident.toml").unlink()
    assert told.startswith("impact_start: 2025-07-15T17:31:00.000Z") and "set by hand" in told and "17:30:00" in told
