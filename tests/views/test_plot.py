from __future__ import annotations

import json
from pathlib import Path

import pytest

from postmortem_timeline.views.plot import plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

WRITTEN = json.loads((Path(__file__).parents[1] / "postmortem" / "incident.json").read_text(encoding="utf-8"))


def test_an_incident_without_requests_is_drawn_too():
    ax = plot({"lifecycle": {}, "impact": {"windows": []}, "curve": None}, [])
    assert ax.get_xlabel() == "UTC"


def test_it_draws_on_the_axis_given():
    figure = matplotlib.figure.Figure()
    ax = figure.subplots()
    assert plot(WRITTEN["incident"], WRITTEN["rows"], ax) is ax
    texts = " ".join(text.get_text() for text in ax.texts)
    assert "impact starts 17:42:03" in texts and "resolved 18:32:07" in texts
