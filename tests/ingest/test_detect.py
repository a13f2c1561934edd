from __future__ import annotations

import numpy as np
import pytest

from postmortem_timeline.formats import registry
from postmortem_timeline.ingest import engines
from postmortem_timeline.ingest.detect import detect
from postmortem_timeline.ingest.glance import Glance
from postmortem_timeline.ingest.shortlist import Shortlist
from postmortem_timeline.parsing.context import SourceContext
from postmortem_timeline.parsing.text import Text, split_lines
from tests.ingest import families
from tests.ingest.families import CSV_HEADER, TRACEBACKS, with_tracebacks


def lines_of(line: families.Line, count: int = 40) -> str:
    return "".join(line(i) + "\n" for i in range(count))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "blank", id="nothing"),
        pytest.param("\n \n", "blank", id="blank lines"),
        pytest.param("lorem ipsum\ndolor\n", "no line holds a time", id="prose"),
        pytest.param("a,b,c\n1,2,3\n", "no line holds a time", id="a table without times"),
    ],
)
def test_nothing_reads_it(text: str, reason: str) -> None:
    plan = detect(text.encode(), "x.log")
    assert (plan.formats, plan.export, plan.confidence) == ((), None, 0.0)
    assert reason in plan.reason


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (lines_of(families.access), "combined_access"),
        (lines_of(families.syslog), "syslog_rfc3164"),
        (lines_of(families.log4j), "log4j_pattern"),
        (lines_of(families.python_log), "python_logging"),
        (lines_of(families.logfmt), "logfmt"),
        (lines_of(families.plain), "generic_text"),
        (CSV_HEADER + "\n" + lines_of(families.csv_row), "generic_csv"),
        (lines_of(lambda i: families.cri(i, families.log4j(i))), "cri>log4j_pattern"),
        (lines_of(lambda i: families.docker(i, families.access(i))), "docker_json_file>combined_access"),
    ],
    ids=lambda v: v if len(v) < 40 else "",
)
def test_told_by_content(text: str, name: str) -> None:
    plan = detect(text.encode(), "whatever.bin")
    assert plan.name == name
    assert plan.confidence == 1.0 or name == "generic_text"
    assert plan.reason


def test_continuations_do_not_lower_the_confidence() -> None:
    plan = detect(with_tracebacks(families.python_log, TRACEBACKS["Java"]).encode(), "x")
    assert (plan.name, plan.confidence) == ("python_logging", 1.0)


def test_damage_lowers_the_confidence() -> None:
    text = lines_of(lambda i: families.access(i) if i % 4 else "damaged")
    plan = detect(text.encode(), "x")
    assert (plan.name, plan.confidence) == ("combined_access", 0.75)


def test_a_file_of_several_formats_is_read_with_each() -> None:
    text = lines_of(lambda i: (families.access, families.log4j, families.json_line)[i % 3](i), 60)
    plan = detect(text.encode(), "x")
    assert {f.name for f in plan.formats} >= {"combined_access", "log4j_pattern"} and len(plan.formats) == 3


def test_a_few_known_lines_in_an_unknown_text_are_read_as_known() -> None:
    text = lines_of(lambda i: families.access(i) if i % 5 == 0 else families.plain(i), 60)
    plan = detect(text.encode(), "x")
    assert [f.name for f in plan.formats] == ["combined_access", "generic_text"]
    assert plan.confidence < 0.5


def every_line() -> list[bytes]:
    texts = [s.text for f in registry.declared() for s in f.samples]
    texts += [miss for f in registry.declared() for miss in f.near_misses.values()]
    return "\n".join(texts).encode().split(b"\n")


def test_the_glance_never_hides_a_record() -> None:
    said = [line for line in every_line() if line.strip()]
    for chosen in (b"\n".join(said), *said[::127]):
        lines = split_lines(Text.of(chosen))
        glance = Glance(lines)
        for fmt in registry.declared():
            if fmt.engine == "dissect":
                expected = engines.claims(fmt, lines, SourceContext())
                np.testing.assert_array_equal(glance.claims(fmt, SourceContext())[0], expected, err_msg=fmt.name)


def test_the_shortlist_leaves_out_no_format_that_reads_a_line() -> None:
    for line in [line for line in every_line() if line.strip()][::61]:
        lines = split_lines(Text.of(line))
        shortlist = Shortlist(lines)
        for fmt in registry.declared():
            if not shortlist.admits(fmt):
                assert not engines.claims(fmt, lines, SourceContext()).any(), f"{fmt.name}: {line!r}"


def test_the_shortlist_holds_a_line_of_each_kind() -> None:
    text = lines_of(lambda i: families.access(i) if i % 40 else families.plain(i), 400)
    shortlist = Shortlist(split_lines(Text.of(text.encode())))
    names = {fmt.name for fmt in registry.declared() if fmt.engine == "dissect" and shortlist.admits(fmt)}
    assert {"combined_access"} <= names and len(names) < 40
