"""The trends as one page that works offline: numbers with their spread, never an arrow that they do not carry."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from postmortem_timeline.archive import trend_text

if TYPE_CHECKING:
    from postmortem_timeline.archive.trending import Trends

STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.35rem "
    ".6rem;border-bottom:1px solid #8884;vertical-align:top}"
    "svg{width:100%;height:auto}rect{fill:#3b6ea5}text{fill:currentColor;font-size:11px}.wide{overflow-x:auto}small{opacity:.8}"
)
HEAD = ("measure", "n", "median", "95% interval of the median", "p90", "later half against earlier")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(trends: Trends) -> str:
    """A whole document; no script, nothing from elsewhere."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>Incident trends</title><style>{STYLE}</style></head>'
        f"<body><h1>Incident trends</h1>{body(trends)}</body></html>\n"
    )


def body(trends: Trends) -> str:
    """The sections, for the page and for notebooks."""
    parts = [
        _table((), trend_text.facts(trends)), _bars(trends.by_period), "<h2>Times</h2>", _table(HEAD, trend_text.times(trends)),
        "<p><small>A difference is said only of thirty incidents or more, and only where the "
        "test of Mann and Whitney shows one (p at most 0.05).</small></p>",
    ]  # fmt: skip
    if trends.repeat_services:
        parts += [
            "<h2>Repeat offenders</h2>",
            _table(("service", "incidents"), [(name, str(count)) for name, count in trends.repeat_services.items()]),
        ]
    if trends.recurrences:
        rows = [
            (one["incident"], one["of"], "; ".join(one["reasons"]), str(one["open_actions"]))
            for one in trends.recurrences
        ]
        parts += ["<h2>Recurrences</h2>", _table(("incident", "of", "because", "actions of it still open"), rows)]
    parts += ["<h2>Action items</h2>", f"<p>{escape(trend_text.action_facts(trends))}</p>"]
    if trends.overdue:
        rows = [(one["due"], one["what"], one["owner"] or "no owner", one["incident"]) for one in trends.overdue]
        parts.append(_table(("due", "action", "owner", "incident"), rows))
    return "".join(parts)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = f"<thead><tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in head)}</tr></thead>" if head else ""
    body = "".join(
        "<tr>" + "".join(_cell(cell, not at and not head) for at, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<div class="wide"><table>{top}<tbody>{body}</tbody></table></div>'


def _cell(text: str, heads: bool) -> str:
    return f"<th scope=row>{escape(text)}</th>" if heads else f"<td>{escape(text)}</td>"


def _bars(counts: dict[str, int]) -> str:
    """How many incidents a period had; the numbers stand on the bars."""
    if not counts:
        return ""
    most, wide = max(counts.values()), 720 / len(counts)
    bars = []
    for place, (name, count) in enumerate(counts.items()):
        tall = 110 * count / most
        left = place * wide
        bars.append(f'<rect x="{left + 2:.1f}" y="{130 - tall:.1f}" width="{wide - 4:.1f}" height="{tall:.1f}"/>')
        bars.append(f'<text x="{left + wide / 2:.1f}" y="{125 - tall:.1f}" text-anchor="middle">{count}</text>')
        bars.append(f'<text x="{left + wide / 2:.1f}" y="146" text-anchor="middle">{escape(name)}</text>')
    said = ", ".join(f"{name}: {count}" for name, count in counts.items())
    return (
        f'<svg viewBox="0 0 720 152" role="img" aria-label="Incidents by period: {escape(said)}">{"".join(bars)}</svg>'
    )
