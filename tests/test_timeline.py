"""The result that people hold: frames, pictures, documents, and the evidence behind a row."""

from __future__ import annotations

import builtins
import json

import pandas as pd
import pytest

import postmortem_timeline as pt
from postmortem_timeline.errors import UsageError
from postmortem_timeline.frame import EVENT_SCHEMA, TIMELINE_COLUMNS, cite
from postmortem_timeline.incident import check
from tests.soup import EXPORTS, name_of

SKEWED = next(path for path in EXPORTS if name_of(path) == "customers_notice_a_flapping_service_first")


@pytest.fixture(scope="module")
def events() -> pd.DataFrame:
    return pt.read(SKEWED)


@pytest.fixture(scope="module")
def built(events) -> pt.Timeline:
    return pt.build_timeline(events)


@pytest.fixture(scope="module")
def from_files() -> pt.Timeline:
    return pt.build_timeline(SKEWED)


# What must not happen


def test_a_loaded_timeline_says_that_it_has_no_events(built, tmp_path):
    built.save(tmp_path)
    with pytest.raises(UsageError, match="build it again from the exports"):
        pt.Timeline.load(tmp_path).events()


def test_correcting_leaves_the_events_as_they_were(built, events):
    before = events["timestamp"].copy()
    built.events(corrected=True)
    assert events["timestamp"].equals(before) and built.events()["timestamp"].equals(before)


def test_without_matplotlib_the_error_names_the_extra(built, monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModuleNotFoundError, match=r"postmortem-timeline\[notebook\]"):
        built.plot()


# Frames


def test_the_frame_has_the_fixed_columns(built):
    assert tuple(built.frame.columns) == TIMELINE_COLUMNS
    assert str(built.frame["start"].dtype) == str(built.frame["end"].dtype) == "datetime64[ns, UTC]"
    assert 0 < len(built.frame) <= 60 and built.frame["start"].is_monotonic_increasing


def test_windows_are_times(built):
    assert [*built.windows.columns[:2]] == ["start", "end"] and len(built.windows) == len(
        built.incident["impact"]["windows"]
    )
    assert (built.windows["end"] > built.windows["start"]).all()


def test_the_ledger_has_a_row_for_every_source(from_files):
    assert from_files.ledger["source"].is_unique and from_files.ledger["events"].sum() > 0


@pytest.mark.parametrize("which", ["built", "from_files"])
def test_corrected_events_have_their_clocks_mended(which, request):
    t = request.getfixturevalue(which)
    raw, mended = t.events(), t.events(corrected=True)
    off = {
        c["source"]: c["clock_offset_seconds"] + c["zone_offset_seconds"] for c in t.incident["clocks"] if c["applied"]
    }
    assert off and len(raw) == len(mended)
    assert (mended["time_quality"] == "clock_corrected").sum() == raw["source"].isin(off).sum()
    for source, seconds in off.items():
        a, b = (f[f["source"] == source].sort_values("line")["timestamp"].reset_index(drop=True) for f in (raw, mended))
        assert ((a - b).dropna() == pd.Timedelta(seconds=round(seconds, 3))).all()
    assert mended["timestamp"].dropna().is_monotonic_increasing


# The events behind a row


def test_evidence_is_the_cited_events(built, events):
    cited = {cite(row.source, row.line, row.ordinal): row.body for row in events.itertuples()}
    for row in range(len(built.frame)):
        found = built.evidence(row)
        assert [*found.columns] == EVENT_SCHEMA.names
        citations = built.frame["citations"].iloc[row]
        assert found["body"].fillna("").tolist() == [b if isinstance(b := cited[c], str) else "" for c in citations]


def test_evidence_is_the_same_from_files(built, from_files):
    row = int(built.frame["citations"].map(len).argmax())
    pd.testing.assert_frame_equal(from_files.evidence(row), built.evidence(row), check_categorical=False)


def test_evidence_of_a_loaded_timeline_is_the_quoted_text(from_files, tmp_path):
    from_files.save(tmp_path)
    loaded = pt.Timeline.load(tmp_path)
    row = int(loaded.frame["citations"].map(len).argmax())
    found = loaded.evidence(row)
    assert [*found.columns] == EVENT_SCHEMA.names and len(found) == len(set(loaded.frame["citations"].iloc[row]))
    assert found["body"].notna().all() and found["line"].tolist() == from_files.evidence(row)["line"].tolist()


# Documents and pictures


def test_json_is_the_incident_and_fits_the_schema(built):
    assert json.loads(built.to_json()) == built.incident and built.to_json().endswith("}\n")
    check(built.incident)


def test_documents_hold_the_sentence(built, tmp_path):
    markdown, page = built.to_markdown(), built.to_html(tmp_path / "report.html")
    assert "October 2, 2025" in markdown and "October 2, 2025" in page
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    assert "October 2, 2025" in built.headline() and "October 2, 2025" in repr(built)


def test_a_notebook_shows_it(built):
    shown = built._repr_html_()
    assert "<svg" in shown and "October 2, 2025" in shown


def test_plot_draws_windows_and_marks(built):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    ax = built.plot()
    assert len(ax.patches) == len(built.windows)
    assert any("impact starts" in text.get_text() for text in ax.texts)
    assert built.plot(ax) is ax


def test_plot_of_no_incident():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    assert pt.build_timeline(pd.DataFrame({"timestamp": [], "body": []})).plot().get_xlabel() == "UTC"
