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
    begin = ((incident.get("lifecycle") or {}).get("impact_start") or {}).get("at")
    listed = [
        {"UTC": wording.beside(row.get("start"), begin), "kind": row.get("kind"), "service": row.get("service") or "",
         "what": row.get("summary"), "evidence": evidence(row.get("citations") or ())}
        for row in rows
    ]  # fmt: skip
    return f"<p>{text(terminal.headline(incident, rows))}</p>{_numbers(incident)}{drawing}{table(listed)}"


def _numbers(incident: dict[str, Any]) -> str:
    """The measured durations and shares in one line; what is not measured is left out here."""
    impact = incident.get("impact") or {}
    users, requests, lasted = impact.get("users") or {}, impact.get("requests") or {}, impact.get("downtime_seconds")
    found = [("impact", wording.span(lasted))] if lasted else []
    if users.get("share") is not None:
        found.append(("users", wording.percent(users["share"], 1)))
    if requests.get("failed") and requests.get("total"):
        found.append(("requests", wording.percent(requests["failed"] / requests["total"], 1)))
    for name, (label, _) in wording.DURATIONS.items():
        seconds = (incident.get("durations") or {}).get(f"{name}_seconds")
        found += [(label.lower(), wording.span(seconds))] if seconds is not None else []
    spans = "".join(f'<span style="margin-right:1.4em">{text(name)} <b>{text(value)}</b></span>' for name, value in found)
    return f"<p>{spans}</p>" if found else ""


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
