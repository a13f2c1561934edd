"""`check_format` finds what is wrong with a format, and blesses no loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from postmortem_timeline.testing import check_format

ABOVE = """# Acme's own log.
name = "acme"
group = "app"
kind = "log"
engine = "dissect"
continues = ["indented"]

[layouts]
line = '{timestamp} {severity_text:level} {body}'
%s
[columns]
timestamp = { field = "timestamp", format = "%%Y-%%m-%%d %%H:%%M:%%S" }

[not]
no_level = '%s'

"""
NO_LEVEL = "2025-07-15 17:42:03 token refresh failed"
SAMPLE = "[[samples]]\nwhy  = \"a traceback\"\ntext = '''\n2025-07-15 17:42:03 ERROR %s\n'''\n"
LINES = SAMPLE % "failed\n\n2025-07-15 17:42:04 INFO again\n  in refresh"
EVENTS = """events = '''
{"timestamp": "2025-07-15T17:42:03.000Z", "stamp": "2025-07-15 17:42:03", \
"severity_number": 17, "severity_text": "ERROR", "body": "failed", "line": 1, "time_quality": "zone_assumed"}
{"timestamp": "2025-07-15T17:42:04.000Z", "stamp": "2025-07-15 17:42:04", \
"severity_number": 9, "severity_text": "INFO", "body": "again\\n  in refresh", "line": 3, \
"time_quality": "zone_assumed"}
'''
"""


@pytest.fixture
def written(tmp_path):
    def write(samples: str, layout: str = "", near_miss: str = NO_LEVEL) -> Path:
        path = tmp_path / "acme.toml"
        path.write_bytes((ABOVE % (layout, near_miss) + samples).encode())
        return path

    return write


def faults(path: Path, regen: bool = False) -> str:
    with pytest.raises(AssertionError) as raised:
        check_format(path, regen=regen)
    assert path.name in str(raised.value)
    return str(raised.value)


def test_a_loss_is_never_blessed(written):
    path = written(SAMPLE % "failed\nno record, no continuation")
    before = path.read_bytes()
    assert "1 lines are not read, the first is 'no record, no continuation'" in faults(path, regen=True)
    assert path.read_bytes() == before


def test_a_format_without_samples_is_refused(written):
    assert "there is no sample; add one with why and text" in faults(written(""))


def test_every_layout_needs_a_sample(written):
    path = written(LINES + EVENTS, layout="again = '{timestamp} {severity_text:level}: {body}'")
    assert 'layout "again" has no sample; add one that no layout before it reads' in faults(path)


def test_a_near_miss_must_not_be_read(written):
    assert 'near miss "no_level" is read' in faults(written(LINES + EVENTS, near_miss="2025-07-15 17:42:03 INFO x"))


def test_events_are_asked_for(written):
    assert "it has no events; write them with `pytest --regen`" in faults(written(LINES))


def test_a_difference_is_named(written):
    wrong = EVENTS.replace('"again', '"against').replace("17, ", "").rsplit("{", 1)
    said = faults(written(LINES + wrong[0].replace('"severity_number": ', "") + "{" + wrong[1]))
    assert "sample 1 (a traceback): event 1: severity_number is 17, expected None" in said
    assert "event 2: body is 'again\\n  in refresh', expected 'against\\n  in refresh'" in said


def test_too_few_events_are_counted(written):
    assert "2 events came, 1 are expected" in faults(written(LINES + EVENTS.replace(EVENTS.splitlines()[2] + "\n", "")))


def test_regeneration_keeps_all_but_the_events(written):
    path = written(LINES + "\n# the end\n")
    check_format(path, regen=True)
    assert path.read_bytes().decode() == ABOVE % ("", NO_LEVEL) + LINES + EVENTS + "\n# the end\n"
    check_format(path)
