"""Every citation of the demo's documents leads to its record, and `pmt show` prints that record and no other."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from postmortem_timeline import show
from postmortem_timeline.cli import main
from postmortem_timeline.errors import CitationError
from postmortem_timeline.ingest.quote import split_citation
from postmortem_timeline.quoting import quotes

DEMO = Path(__file__).resolve().parents[1] / "fixtures" / "oauth_token_expired"
EXPORTS = DEMO / "exports"
PLACE = re.compile(r'<code class="place"[^>]*>([^<]+)</code>')


def cited(value: object, key: str = "") -> set[str]:
    """Every citation of incident.json."""
    if isinstance(value, dict):
        return set().union(*(cited(item, name) for name, item in value.items()), set())
    if isinstance(value, list):
        return {str(item) for item in value} if key == "citations" else set().union(*map(cited, value), set())
    return set()


@pytest.fixture(scope="module")
def output(built) -> Path:
    return built(DEMO)


@pytest.fixture(scope="module")
def citations(output) -> list[str]:
    """Those of incident.json, timeline.csv, report.html and postmortem.md."""
    found = cited(json.loads((output / "incident.json").read_text(encoding="utf-8")))
    with (output / "timeline.csv").open(encoding="utf-8", newline="") as file:
        found |= {place for row in csv.DictReader(file) for place in row["citations"].split()}
    in_report = set(PLACE.findall((output / "report.html").read_text(encoding="utf-8")))
    assert len(in_report) > 50 and found >= in_report
    return sorted(found)


@pytest.fixture(scope="module")
def shown(citations) -> dict[str, str]:
    """Each citation's record as `show` prints it without context."""
    found = {}
    for citation in citations:
        ((_, found[citation], is_target),) = show(citation, EXPORTS, context=0)
        assert is_target
    return found


def whole_element(citation: str, text: str) -> bool:
    """Whether the text is one whole element of a document, or one whole commit."""
    if citation.startswith("git-log"):
        return text.startswith("commit ") and text.count("\ncommit ") == 0
    value = json.loads(text)
    return isinstance(value, dict) and bool({"startsAt", "created_at", "ts", "display_at"} & set(value))


def test_every_citation_is_shown_whole(shown):
    """Lines stand as they do in the file; elements are whole."""
    for citation, text in shown.items():
        source, line, _ = split_citation(citation)
        if source.endswith((".json", "git-log.txt")):
            assert whole_element(citation, text), citation
        else:
            assert text.split("\n")[0] == physical(source)[line - 1], citation


def test_every_quote_of_the_documents_is_the_record_that_show_prints(shown):
    import pandas as pd

    assert {citation: quote["text"] for citation, quote in quotes(shown, EXPORTS, pd.DataFrame())[0].items()} == shown


def test_ordinals_lead_to_the_element_that_gave_the_event(output):
    """Alerts give two events, so #4 is the third alert and not the fifth."""
    found = json.loads((output / "incident.json").read_text(encoding="utf-8"))
    (citation,) = [c for c in found["lifecycle"]["detected"]["citations"] if c.startswith("alertmanager.json")]
    ((_, text, _),) = show(citation, EXPORTS)
    assert json.loads(text)["labels"]["alertname"] == "AuthErrorRatioHigh"
    fired, resolved = (show(f"alertmanager.json:1#{k}", EXPORTS)[0][1] for k in (4, 5))
    assert fired == resolved


def test_a_traceback_is_shown_with_its_lines():
    rows = physical("app-1/checkout.log")
    start = next(k for k, row in enumerate(rows[1:]) if row.startswith("Traceback (most recent")) + 1
    end = next(k for k in range(start + 1, len(rows) + 1) if rows[k][:4] == "2025")
    (before, own, after) = show(f"app-1/checkout.log:{start}", EXPORTS, context=1)
    assert own[1].split("\n") == rows[start - 1 : end]
    assert before == (f"app-1/checkout.log:{start - 1}", rows[start - 2], False)
    assert after == (f"app-1/checkout.log:{end + 1}", rows[end], False)


def test_context_ends_where_the_file_does():
    last = len(physical("web-1/nginx/error.log")) - 1
    shown = show(f"web-1/nginx/error.log:{last}", EXPORTS, context=2)
    assert [place.rpartition(":")[2] for place, _, _ in shown] == [str(last - 2), str(last - 1), str(last)]
    assert [is_target for _, _, is_target in shown] == [False, False, True]


def test_a_line_inside_an_element_is_shown_as_it_stands():
    ((_, text, _),) = show("slack/incidents/2025-07-15.json:3", EXPORTS, context=0)
    assert text == physical("slack/incidents/2025-07-15.json")[2]


@pytest.mark.parametrize(
    "citation",
    ["alertmanager.json:1#999", "alertmanager.json:2", "web-1/nginx/error.log:999", "nowhere.log:1", "no citation"],
    ids=["no such element", "no such line of a document", "no such line", "no such source", "no citation at all"],
)
def test_what_is_not_there_is_said(citation):
    with pytest.raises(CitationError):
        show(citation, EXPORTS)


def test_a_record_that_is_too_long_is_cut_with_a_mark(tmp_path):
    import pandas as pd

    long = "2025-07-15 10:00:00,000 ERROR app: " + "x" * 9_000 + "\n"
    trace = "2025-07-15 10:00:01,000 ERROR app: failed\n" + "    at Foo.bar(Foo.java:1)\n" * 90
    (tmp_path / "app.log").write_text(long + trace + "2025-07-15 10:00:02,000 INFO app: on\n" * 9)
    found, _ = quotes(["app.log:1", "app.log:2", "app.log:93"], tmp_path, pd.DataFrame())
    assert found["app.log:1"]["text"].endswith("x… [cut: 5,035 more characters]")
    assert found["app.log:2"]["text"].endswith("Foo.java:1)\n… [cut: the record goes on]")
    assert found["app.log:93"]["text"] == "2025-07-15 10:00:02,000 INFO app: on"
    assert show("app.log:2", tmp_path, context=0)[0][1].count("Foo.bar") == 90


def test_the_command_marks_the_record():
    printed = CliRunner().invoke(main, ["show", "web-1/nginx/error.log:2", str(EXPORTS), "-C", "1"])
    assert printed.exit_code == 0
    head, *rows = printed.output.splitlines()
    assert head == "web-1/nginx/error.log:2"
    assert [row[:8].split() for row in rows] == [["1"], [">", "2"], ["3"]]


def physical(source: str) -> list[str]:
    data = (EXPORTS / source).read_bytes()
    return (gzip.decompress(data) if source.endswith(".gz") else data).decode().split("\n")
