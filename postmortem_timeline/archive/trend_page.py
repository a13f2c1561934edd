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
    "h1,h2{line-height:1.2}h2{margin:2rem 0 .5rem}.wide{overflow-x:auto;position:relative}.note{font-size:.875rem;margin:.25rem 0}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}td.n{font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #8884;vertical-align:top}"
    ".bars{max-width:40rem}.bars th{font-weight:400;white-space:nowrap;width:1%}.bars td{width:99%}"
    ".bar{display:inline-block;height:.9em;min-width:1px;background:#3b6ea5;vertical-align:-.1em;margin-right:.5em}"
    "@media(prefers-color-scheme:dark){.bar{background:#7fb0e6}}"
    # on a narrow screen a row becomes a card: nothing hides behind a scroll bar that nobody sees
    "@media(max-width:40rem){.cards thead{position:absolute;left:0;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    ".cards,.cards tbody{display:block}.cards tr{display:block;border-bottom:2px solid #8886;padding:.4rem 0}"
    ".cards td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.1rem 0;text-align:right;overflow-wrap:anywhere}"
    ".cards td::before{content:attr(data-head);opacity:.75;text-align:left;flex:none;max-width:45%}.cards td:empty{display:none}"
    ".cards td:first-child{font-weight:600;text-align:left}.cards td:first-child::before{display:none}}"
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
        _table((), [fact for fact in trend_text.facts(trends) if fact[0] != "by period"]), _bars(trends.by_period),
        "<h2>Times</h2>", _table(HEAD, trend_text.times(trends)), *(f'<p class="note">{escape(said)}</p>' for said in _notes(trends)),
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


def _notes(trends: Trends) -> list[str]:
    """What a reader must know of the times before comparing with them."""
    notes = [
        "n: the incidents that carry the number. Median: half took no longer. p90: nine of ten took no longer.",
        "A difference is said only of thirty incidents or more, and only where the test of Mann and Whitney shows one (p at most 0.05).",
    ]
    if trends.began_unseen:
        notes.append(
            f"Left out of time to detect: {trends.began_unseen} of which nobody says when harm began before it was noticed."
        )
    return notes


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    top = f"<thead><tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in head)}</tr></thead>" if head else ""
    body = "".join(
        "<tr>"
        + "".join(_cell(cell, head[at] if head else "", not at and not head) for at, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    kind = ' class="cards"' if head else ""
    return f'<div class="wide"><table{kind}>{top}<tbody>{body}</tbody></table></div>'


def _cell(text: str, head: str, heads: bool) -> str:
    return (
        f"<th scope=row>{escape(text)}</th>"
        if heads
        else f'<td{_kind(text)} data-head="{escape(head)}">{escape(text)}</td>'
    )


def _kind(text: str) -> str:
    return " class=n" if text.replace("-", "").isdigit() else ""


def _bars(counts: dict[str, int]) -> str:
    """How many incidents a period had, a row each: readable at any width."""
    if not counts:
        return ""
    most = max(counts.values())
    rows = "".join(
        f'<tr><th scope=row>{escape(name)}</th><td class=n><span class=bar style="width:{85 * count / most:.1f}%"></span>{count}</td></tr>'
        for name, count in counts.items()
    )
    return f'<h2>Incidents by period</h2><table class="bars"><tbody>{rows}</tbody></table>'
