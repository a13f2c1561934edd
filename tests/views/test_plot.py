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


def test_near_marks_stand_above_each_other():
    ax = plot(WRITTEN["incident"], WRITTEN["rows"])
    drawn = ax.figure.canvas
    drawn.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) >= 4
    assert not [1 for place, box in enumerate(boxes) for other in boxes[:place] if box.overlaps(other)]


def test_few_failures_have_an_axis_of_their_own_and_many_share_it():
    few = {**WRITTEN["incident"], "curve": {**WRITTEN["incident"]["curve"], "failed": [1] * 420, "total": [500] * 420}}
    many = {**few, "curve": {**few["curve"], "failed": [400] * 420}}
    assert len(plot(few, WRITTEN["rows"]).figure.axes) == 2
    assert len(plot(many, WRITTEN["rows"]).figure.axes) == 1
