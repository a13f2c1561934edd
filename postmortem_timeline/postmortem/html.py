"""report.html: one offline file that shows the document, with a strict policy and hostile text kept as text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from postmortem_timeline.postmortem.facts import Mark
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.postmortem.records import Records
from postmortem_timeline.redact import seal
from postmortem_timeline.views import lanes, sentence, svg, wording

HERE = Path(__file__).parent

# Labels of marks that are nearer than this (percent of the width) stand on different lines.
LABEL = 11.0
LEVEL = 21  # pixels from one level of a lane to the next; the script and the style sheet count with it too
ASKED = ("What and when", "How bad", "How handled", "Why, probably")  # of the executive sentences, in their order
PARTS = ("start", "clock", "evidence", "entries", "zoom", "curve", "find")  # of the script, in this order
SURE = ("changed", "impact_start", "detected", "acknowledged", "mitigated", "resolved")  # marks of the first screen


def render(document: Document) -> str:
    """The report as one HTML page; the same document gives the same bytes."""
    shown = lanes.frame(document.incident, document.rows)
    picture = _Picture(document, shown)
    style = "\n".join((_asset("assets/uPlot.min.css"), _asset("assets/report.css"), picture.style()))
    uplot, script = _asset("assets/uPlot.iife.min.js"), _script()
    policy = "; ".join((
        "default-src 'none'", f"script-src {_hash(uplot)} {_hash(script)}", f"style-src {_hash(style)}",
        "base-uri 'none'", "form-action 'none'",
    ))  # fmt: skip
    page = _template().render(
        document=document, picture=picture, policy=policy, style=style, uplot=uplot, script=script,
        data=picture.data(), wording=wording, answers=_answers(document), records=Records(document),
        services=sorted({str(row["service"]) for row in document.rows if row.get("service")}),
    )  # fmt: skip
    seal(page.replace(uplot, ""), document.known, spare=document.spare)
    return page


class _Picture:
    """Where everything lies in the chart; places are rules of the hashed style sheet, the policy allows no others."""

    def __init__(self, document: Document, shown: lanes.Frame) -> None:
        self.document, self.shown, self.begin = document, shown, wording.stamp(shown.start)
        self.lanes = lanes.lanes(document.rows, shown)
        self.curve = svg.curve(document.incident.get("curve"), shown)
        self.marks = [mark for mark in document.marks if mark.at and self._inside(mark)]
        self.levels = _label_levels([self._at(mark.at) for mark in self.marks])
        self.ticks = svg.time_ticks(shown)
        details = (document.incident.get("impact") or {}).get("window_details") or []
        self.windows = [(self._at(row["start"]), self._at(row["end"]), row) for row in details]

    def style(self) -> str:
        rules = [f"#t{place}{{left:{tick.at:.3f}%}}" for place, tick in enumerate(self.ticks)]
        for lane in self.lanes:
            rules.append(f"#lane-{lane.name},#name-{lane.name}{{height:{lane.levels * LEVEL + 6}px}}")
            rules += [self._entry(entry) for entry in lane.entries]
        for place, (mark, level) in enumerate(zip(self.marks, self.levels, strict=True)):
            rules.append(f"#m{place},#ml{place}{{left:{self._at(mark.at):.3f}%}}#ml{place}{{top:{level * 17}px}}")
        rules.append(f".labels{{height:{(max(self.levels, default=0) + 1) * 17 + 3}px}}")
        rules += [
            f"#w{place}{{left:{max(low, 0):.3f}%;width:{max(min(high, 100) - max(low, 0), 0.2):.3f}%}}"
            for place, (low, high, _) in enumerate(self.windows)
        ]
        for side, ticks in (("l", self.curve.left), ("r", self.curve.right)) if self.curve else ():
            rules += [f"#y{side}{place}{{top:{tick.at:.3f}%}}" for place, tick in enumerate(ticks)]
        return "\n".join(rules)

    def data(self) -> dict[str, Any]:
        """What the script needs: times of entries, marks and windows in milliseconds, and the whole curve."""
        found = self.document.incident.get("curve") or {}
        return {
            "shown": [self.shown.start, self.shown.end],
            "rows": [
                [wording.instant(row.get("start")), wording.instant(row.get("end"))] for row in self.document.rows
            ],
            "marks": [wording.instant(mark.at) for mark in self.marks],
            "windows": [[wording.instant(row["start"]), wording.instant(row["end"])] for _, _, row in self.windows],
            "zero": wording.instant((self.document.incident.get("lifecycle") or {}).get("impact_start", {}).get("at")),
            "curve": {**found, "start": wording.instant(found.get("start"))} if found else None,
        }

    def _entry(self, entry: lanes.Entry) -> str:
        wide = f";width:{entry.width:.3f}%" if entry.width > 0 else ""
        top = entry.level * LEVEL + 3
        rule = f"#e{entry.row}{{left:{entry.left:.3f}%;top:{top}px{wide}}}"
        if entry.words is None:
            return f"{rule}#g{entry.row}{{display:none}}"
        left, room = entry.words
        return f"{rule}#g{entry.row}{{left:{left:.3f}%;width:{room:.3f}%;top:{top}px}}"

    @property
    def sure(self) -> list[Mark]:
        """The marks that the first sentences rest on, as far as they are known, in the order of the lifecycle."""
        known = {mark.name: mark for mark in self.document.marks if mark.at}
        return [known[name] for name in SURE if name in known]

    def _at(self, text: str | None) -> float:
        return self.shown.percent(wording.instant(text) or 0)

    def _inside(self, mark: Mark) -> bool:
        return 0 <= self._at(mark.at) <= 100


def _answers(document: Document) -> list[tuple[str, list[sentence.Cited]]]:
    """The executive sentences under the questions that they answer; an incident that is none has fewer questions."""
    if sentence.calm(document.incident) or sentence.blind(document.incident):
        return [("What happened" if not place else "", said) for place, said in enumerate(document.summary)]
    return [*zip(ASKED, document.summary, strict=False)]


def _script() -> str:
    """The parts of the script as one; they share their names and nobody else's."""
    body = "\n".join(_asset(f"assets/report/{part}.js") for part in PARTS)
    return f'"use strict";\n(function () {{\n{body}\n}}());'


def _label_levels(places: Sequence[float]) -> list[int]:
    """The line of each label, so that none covers another; the places come in order."""
    reach: list[float] = []
    levels = []
    for place in places:
        level = next((level for level, taken in enumerate(reach) if place >= taken), len(reach))
        reach[level : level + 1] = [place + LABEL]
        levels.append(level)
    return levels


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    """A file of ours as it will stand between its tags; no carriage returns, as browsers drop them before hashing."""
    return (HERE / name).read_text(encoding="utf-8").replace("\r\n", "\n").strip("\n")


@cache
def _template() -> Any:
    import jinja2

    loader = jinja2.FileSystemLoader(HERE / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"lane_of": lanes.lane_of, "label_of": lanes.label}
    return environment.get_template("report.html.j2")
