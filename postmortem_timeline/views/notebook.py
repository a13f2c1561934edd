"""Tables and the curve as HTML for `_repr_html_`: no scripts, all text escaped, colours that work on light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from postmortem_timeline.redact import clean
from postmortem_timeline.views import lanes, svg, terminal, wording

CELL = "text-align:left;vertical-align:top;padding:2px 10px 2px 0"


def timeline_html(incident: dict[str, Any], rows: Sequence[dict[str, Any]]) -> str:
    """A timeline as a notebook shows it: the sentence, the curve, the rows with their citations."""
    shown = lanes.frame(incident, rows)
    picture = svg.curve(incident.get("curve"), shown)
    windows = [(shown.percent(low), shown.percent(high)) for low, high in _windows(incident)]
    drawing = f'<div style="max-width:900px">{svg.standalone(picture, windows=windows)}</div>' if picture else ""
    listed = [
        {"UTC": wording.clock(row.get("start")), "kind": row.get("kind"), "service": row.get("service") or "",
         "what": row.get("summary"), "evidence": evidence(row.get("citations") or ())}
        for row in rows
    ]  # fmt: skip
    return f"<p><b>{text(terminal.headline(incident, rows))}</b></p>{drawing}{table(listed)}"


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str] = ()) -> str:
    """Rows of plain values as a table; `columns` picks and orders them."""
    names = list(columns) or list(rows[0] if rows else ())
    head = "".join(f'<th style="{CELL}">{text(name)}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f'<td style="{CELL}">{text(wording.plain(row.get(name)))}</td>' for name in names) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def ledger_html(rows: Sequence[dict[str, Any]]) -> str:
    """The evidence ledger: what was read, as what, and what is doubtful."""
    return table(rows, ("source", "format", "lines", "records", "unparsed", "copies", "first", "last", "notes"))


def evidence(citations: Sequence[str], limit: int = 2) -> str:
    """The first citations, and how many more there are."""
    more = f" +{len(citations) - limit}" if len(citations) > limit else ""
    return ", ".join(citations[:limit]) + more


def text(value: Any) -> str:
    """Any value as harmless HTML."""
    return escape(clean(str(value)))


def _windows(incident: dict[str, Any]) -> list[tuple[int, int]]:
    windows = (incident.get("impact") or {}).get("windows") or []
    return [(wording.instant(low) or 0, wording.instant(high) or 0) for low, high in windows]
