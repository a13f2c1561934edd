"""Rewriting expected events touches nothing else."""

from __future__ import annotations

import tomllib

import pytest

from postmortem_timeline.formats.expected import line, rewrite

ABOVE = "# why\nname = 'x'   # kept\n\n[not]\nlooks_alike = '''\n[[samples]]'''\n\n"
FIRST = "[[samples]]\nwhy  = \"one\"\nunwrap = true\ntext = '''\na [[samples]] b\n[[samples]]'''\n"
SECOND = '[[samples]]\nwhy = "two"   # a remark\ntext = """\nx\\ty\n"""\n'
EVENT = {"body": "it's", "line": 1}


def block(*events: dict) -> str:
    return "events = '''\n" + "".join(f"{line(event)}\n" for event in events) + "'''\n"


def test_what_stands_above_and_texts_are_kept_byte_for_byte() -> None:
    new = rewrite(ABOVE + FIRST + "\n" + SECOND, [[EVENT], []])
    assert new == ABOVE + FIRST + block(EVENT) + "\n" + SECOND + block()
    assert rewrite(new, [[EVENT], []]) == new


def test_old_events_go() -> None:
    old = FIRST + "events = '''\n{\"line\": 9}\n'''\n\n" + SECOND + 'events = ""\n# end\n'
    new = tomllib.loads(rewrite(old, [[EVENT], [EVENT, EVENT]]))
    assert [sample["events"] for sample in new["samples"]] == [f"{line(EVENT)}\n", f"{line(EVENT)}\n" * 2]
    assert rewrite(old, [[], []]).endswith("# end\n")


def test_a_file_of_other_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="1 samples, events came for 2"):
        rewrite(SECOND, [[], []])


@pytest.mark.parametrize(
    "text", ["'''", "\x7f", "\x00\x1f", "\ufeffmarked", "a\u2028b", 'quote " and \\', "日本", "\r\n"]
)
def test_any_text_comes_back_from_the_file(text: str) -> None:
    import json

    new = tomllib.loads(rewrite(SECOND, [[{"body": text}]]))
    assert [json.loads(row) for row in new["samples"][0]["events"].splitlines()] == [{"body": text}]
