"""postmortem.md: every section, every number with a footnote to its evidence, every gap marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from postmortem_timeline.postmortem.actions import Action
from postmortem_timeline.postmortem.facts import Fact, Mark
from postmortem_timeline.postmortem.model import Document
from postmortem_timeline.redact import seal
from postmortem_timeline.views import wording
from postmortem_timeline.views.sentence import Cited

BLANK = "_[to be filled: {}]_"

# What Markdown would take for its own; underscores inside words are left, GitHub's dialect ignores them there.
SPECIAL = re.compile(r"([\\`*\[|~]|(?<!\w)_|_(?!\w))")
UNMEASURED = re.compile(r"\\(\[not measured: [^\[\]()]*\])(?![(\[])")
SHOWN = 3


def render(document: Document) -> str:
    """The document as GitHub-flavoured Markdown; ends with one newline."""
    notes = Notes(document)
    sections = [
        _head(document),
        _section("Executive summary", _summary(document, notes)),
        _section("Key facts", _key_facts(document, notes)),
        _section("Timeline", _timeline(document)),
        _section("Impact", _impact(document, notes)),
        _section("Root cause", _root_cause(document, notes)),
        _section("Lessons", _lessons(document, notes)),
        _section("Action items", _actions(document, notes)),
        _section("Open questions", _questions(document, notes)),
        _section("Evidence", _ledger(document)),
        _section("Notes", notes.listed()),
    ]
    return seal("\n\n".join(sections) + "\n", document.known, spare=document.spare)


class Notes:
    """Footnotes, numbered as they are first used; the same evidence has the same number."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers: dict[tuple[tuple[str, ...], str], int] = {}

    def of(self, citations: Sequence[str], note: str = "") -> str:
        if not citations and not note:
            return ""
        number = self.numbers.setdefault((tuple(citations), note), len(self.numbers) + 1)
        return f"[^{number}]"

    def cited(self, pieces: Iterable[Cited]) -> str:
        """Pieces of a sentence with their footnotes; blanks as blanks."""
        words: list[str] = []
        for piece in pieces:
            if piece.blank:
                words.append((" " if words else "") + blank(piece.text))
            else:
                words.append(escape(piece.text) + self.of(piece.citations, piece.note))
        return "".join(words)

    def listed(self) -> str:
        lines = [f"[^{number}]: {self._line(*key)}" for key, number in self.numbers.items()]
        return "\n".join(lines) or "None."

    def _line(self, citations: tuple[str, ...], note: str) -> str:
        parts = [escape(note)] if note else []
        parts += [self._quoted(place) for place in citations[:SHOWN]]
        if len(citations) > SHOWN:
            parts.append(f"and {len(citations) - SHOWN} more: " + ", ".join(map(code, citations[SHOWN:])))
        return "; ".join(parts)

    def _quoted(self, place: str) -> str:
        quote = self.document.quotes.get(place)
        return f"{code(place)} {code(wording.short(quote.words, 160))}" if quote and quote.text.strip() else code(place)


def blank(prompt: str) -> str:
    return BLANK.format(prompt)


def escape(text: str) -> str:
    """Text of any origin as Markdown that reads the same: no markup, no HTML, no cell breaks."""
    flat = re.sub(r"^>", "&gt;", " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;"))
    lead = " " if text[:1].isspace() else ""
    trail = " " if text[-1:].isspace() and flat else ""
    # A bare link would be made clickable; what a log says is not ours to link to.
    flat = re.sub(r"(?i)\b(https?|ftp)://", r"\1:&#47;&#47;", SPECIAL.sub(r"\\\1", flat))
    return lead + UNMEASURED.sub(r"\1", flat) + trail


def code(text: str) -> str:
    """A code span that holds any text, also in a table: the fence is longer than any run of backticks inside."""
    flat = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall(r"`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(header)} |", f"|{'|'.join(' --- ' for _ in header)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows)])


def places(citations: Sequence[str], limit: int = SHOWN) -> str:
    more = f" +{len(citations) - limit}" if len(citations) > limit else ""
    return ", ".join(map(code, citations[:limit])) + more


def _section(title: str, body: str) -> str:
    return f"## {title}\n\n{body}"


def _head(document: Document) -> str:
    rows = [
        f"- **{label}:** {escape(value) if value and value != '-' else blank(label.lower())}"
        for label, value in document.metadata
    ]
    rows.append(f"- **Authors:** {blank('who wrote and who reviewed this')}")
    return f"# {escape(document.title)}\n\n" + "\n".join(rows) + "\n\nAll times are UTC."


def _summary(document: Document, notes: Notes) -> str:
    return "\n".join(notes.cited(sentence) for sentence in document.summary)


def _key_facts(document: Document, notes: Notes) -> str:
    marks = table(
        ("Mark", "Time (UTC)", "Confidence", "Basis", "Why", "Evidence"),
        (_mark(mark, notes) for mark in document.marks),
    )
    spans = table(
        ("Duration", "Value", "Formula"),
        ((fact.label, escape(fact.value), escape(fact.how)) for fact in document.durations),
    )
    return f"{marks}\n\n{spans}"


def _mark(mark: Mark, notes: Notes) -> tuple[str, ...]:
    label = mark.label + (f" (by {mark.by.replace('_', ' ')})" if mark.by else "")
    if not mark.at:
        return label, f"[not measured: {escape(mark.reason.rstrip('.'))}]", "-", "-", "", ""
    sure = "-" if mark.confidence is None else f"{mark.confidence:.2f}"
    basis = mark.basis if mark.origin == "inferred" else f"{mark.basis} ({mark.origin})"
    return (
        label,
        f"{wording.iso_day(mark.at)} {wording.clock(mark.at)}",
        sure,
        basis,
        escape(mark.reason),
        notes.of(mark.citations),
    )


def _timeline(document: Document) -> str:
    rows, today = [], ""
    for row in document.rows:
        date = wording.iso_day(row.get("start"))
        if date != today and date != "-":
            rows.append(("", f"**{date}**", ""))
            today = date
        rows.append((wording.clock(row.get("start")), _what(row), places(row.get("citations") or ())))
    return table(("Time (UTC)", "What happened", "Evidence"), rows) if rows else "No entries."


def _what(row: dict[str, Any]) -> str:
    said = escape(str(row.get("summary") or ""))
    teller = wording.teller(row)
    kind = "" if said.lower().startswith(str(row.get("kind"))) else f"**{row.get('kind')}** "
    head = f"{kind}{escape(teller)}: " if teller else kind
    often = f" ({wording.often(row)})" if wording.often(row) else ""
    till = f" (until {wording.clock(row['end'])})" if row.get("end") and row["end"] != row.get("start") else ""
    return f"{head}{said}{often}{till}"


def _impact(document: Document, notes: Notes) -> str:
    details = document.incident.get("impact", {}).get("window_details") or []
    windows = (
        table(("Window (UTC)", "Length", "Kind", "Services"), map(_window, details))
        if details
        else "No window in which users were failed."
    )
    numbers = table(("What", "Value", "How"), (_number(fact, notes) for fact in document.impact))
    return f"{windows}\n\n{numbers}"


def _window(detail: dict[str, Any]) -> tuple[str, ...]:
    start = ("at or before " if detail.get("open_start") else "") + wording.clock(detail["start"])
    end = ("at or after " if detail.get("open_end") else "") + wording.clock(detail["end"])
    length = wording.span(wording.seconds_between(detail["start"], detail["end"]))
    services = ", ".join(escape(name) for name in detail.get("services") or ())
    return f"{wording.iso_day(detail['start'])} {start} to {end}", length, str(detail.get("kind")), services


def _number(fact: Fact, notes: Notes) -> tuple[str, ...]:
    return fact.label, escape(fact.value) + notes.of(fact.citations), escape(fact.how)


def _root_cause(document: Document, notes: Notes) -> str:
    whys = [
        f"{place}. **{escape(why.question)}** {notes.cited(why.answer)}" for place, why in enumerate(document.whys, 1)
    ]
    factors = [f"- {notes.cited(factor)}" for factor in document.factors]
    parts = ["\n".join(whys)] if whys else ["No outage was found, so there is no cause to ask for."]
    if whys:
        parts += ["### Trigger", notes.cited(document.trigger), "### Contributing factors", "\n".join(factors)]
    return "\n\n".join(parts)


def _lessons(document: Document, notes: Notes) -> str:
    sides = (
        ("What went well", document.lessons.well),
        ("What went poorly", document.lessons.poorly),
        ("Where we were lucky", document.lessons.lucky),
    )
    return "\n\n".join(
        f"### {title}\n\n" + "\n".join(f"- {notes.cited([piece])}" for piece in side) for title, side in sides
    )


def _actions(document: Document, notes: Notes) -> str:
    rows = [_action(task, notes) for task in document.actions]
    rows.append((blank("what else will be done"), blank("owner"), blank("due date"), "", "", ""))
    return table(("Action", "Owner", "Due date", "Priority", "Type", "Origin"), rows)


def _action(task: Action, notes: Notes) -> tuple[str, ...]:
    owner = escape(task.owner) if task.owner else blank("owner")
    origin = "said in chat" if task.origin == "chat" else "suggested by the numbers"
    what = escape(task.what) + notes.of(task.citations)
    return what, owner, task.due or blank("due date"), task.priority, task.type, origin


def _questions(document: Document, notes: Notes) -> str:
    return "\n".join(f"- {notes.cited([piece])}" for piece in document.questions) or "None."


def _ledger(document: Document) -> str:
    rows = map(_source, document.incident.get("ledger") or [])
    return table(("Source", "Format", "Lines", "Records", "Unparsed", "Copies", "From - to (UTC)", "Notes"), rows)


def _source(row: dict[str, Any]) -> tuple[str, ...]:
    counts = [wording.number(row.get(name)) for name in ("lines", "records", "unparsed", "copies")]
    notes = escape(wording.plain(row["notes"])) if row.get("notes") else ""
    return code(row["source"]), row.get("format") or "not recognised", *counts, _from_to(row), notes


def _from_to(row: dict[str, Any]) -> str:
    if not row.get("first"):
        return "-"
    return f"{wording.iso_day(row['first'])} {wording.clock(row['first'])} - {wording.clock(row.get('last'))}"
