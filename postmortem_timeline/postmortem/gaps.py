"""What is still missing in a postmortem: blanks, empty sections, actions without owner or date, wording that blames."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.postmortem import blameless, prose
from postmortem_timeline.postmortem.findings import Finding

BLANK = re.compile(r"_\[to be filled: (?P<what>[^\]]*)\]_")
NOBODY = re.compile(r"(?i)^\W*(?:n/?a|none|nobody|no one)\W*$")
PLACEHOLDER = re.compile(
    r"(?i)^\W*(?:tbd|tbc|todo|fixme|xxx+|\?+|-+|to be (?:done|determined|confirmed|written)|fill (?:me )?in|\.\.\.|…)?"
    r"\W*$"
)
UNKNOWN_TIME = re.compile(r"(?i)\b(?:time )?(?:tbc|tbd)\b|\b(?:HH:MM|YYYY-MM-DD)\b|(?<!\w)\?\?:?(?:\?\?)?")
ACTIONS = re.compile(
    r"(?i)^(?:(?:review )?action(?:s| items?)(?: following review)?|corrective (?:and preventative )?actions"
    r"|corrective measures|follow[- ]?ups?|next steps|remediation items?)$"
)
NAMED = re.compile(r"(?i)(?<!\w)@[\w.-]+|\bowner\s*:|\bassigned to\b|\((?:owner: ?)?[A-Z][\w.]+\)\s*$")
DATED = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|(?i:\b(?:due|by)\b\s+(?:end of |next )?"
    r"(?:q[1-4]|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
# What nobody can tell to be done: a thing without a deed, or a resolution to be better people.
VAGUE = re.compile(
    r"(?i)^\W*(?:(?:be|being) (?:more )?\w+|(?:try|remember|aim|strive) to\b.*|pay (?:more )?attention\b.*"
    r"|(?:more|better|improved|additional|extra) [\w -]{1,40}|(?:raise|increase) (?:the )?awareness\b.*"
    r"|\w+(?:ing|ion|ness|ment)?)\W*$"
)
DEED = "begin with a verb, and say what will be there when it is done"
# A row of our timeline that a program wrote: "forgot password" blames nobody there.
SIGNAL = re.compile(r"^\|[^|]*\|\s*\*\*(?:log|request|metric|span)\*\*\s")
# A dropped section that people leave on purpose.
OPTIONAL = re.compile(
    r"(?i)^(?:notes?|appendix|links?|references?|slack thread|timeline link|status|open questions|findings)$"
)


def check(text: str) -> list[Finding]:
    """Everything that waits for a person, in the order of the lines."""
    return sorted(
        [*_blanks(text), *_placeholders(text), *_sections(text), *_tables(text), *_lists(text), *_blame(text)]
    )


def _blanks(text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        for match in BLANK.finditer(line):
            if match["what"] in ("owner", "due date"):
                continue  # the action's own finding says so, with its name
            yield Finding(number, "blank", match["what"], "write it, or delete the blank and say why")


def _placeholders(text: str) -> Iterator[Finding]:
    for number, line in prose.prose(text):
        match = UNKNOWN_TIME.search(BLANK.sub("", line))
        if match:
            yield Finding(
                number,
                "placeholder",
                f"“{match.group().strip()}” stands where a value should",
                "fill it in, or say that it is not known",
            )


def _sections(text: str) -> Iterator[Finding]:
    """Headings and bold labels with nothing beneath."""
    for section in prose.sections(text):
        if not section.title or section.parent or OPTIONAL.match(section.title):
            continue
        if all(PLACEHOLDER.match(line) for _, line in section.lines):
            yield Finding(
                section.line, "empty-section", f"“{section.title}” is empty", "write it, or say that there was nothing"
            )


def _tables(text: str) -> Iterator[Finding]:
    """Action tables: a row needs an owner and a date."""
    for table in prose.tables(text):
        what = table.column("action", "item", "task", "todo")
        if what is None or any(re.match(r"time\b|when\b", name) for name in table.header):  # what was done, and when
            continue
        columns = (("action-owner", "owner", table.column("owner", "assignee", "who", "responsible")),
                   ("action-due", "due date", table.column("due", "deadline", "date", "target", "eta")))  # fmt: skip
        for number, cells in table.rows:
            name = cells[what] if what < len(cells) else ""
            if PLACEHOLDER.match(name) or BLANK.search(name):
                continue
            if vague(name):
                yield Finding(number, "action-verb", f"“{_short(name)}” says no deed", DEED)
            for code, missing, at in columns:
                value = cells[at] if at is not None and at < len(cells) else ""
                if PLACEHOLDER.match(value) or NOBODY.match(value) or BLANK.search(value):
                    yield Finding(number, code, f"“{_short(name)}” has no {missing}", f"name the {missing}")


def _lists(text: str) -> Iterator[Finding]:
    """Action items as bullets: one finding a list, counting those that name nobody or no date."""
    for section in prose.sections(text):
        if not ACTIONS.match(section.title.strip(" :")):
            continue
        items = [
            line for _, line in section.lines if re.match(r"\s*(?:[-*+]|\d+[.)])\s+\w", line) and not NOBODY.match(line)
        ]
        for number, line in section.lines:
            if line in items and vague(re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", line)):
                yield Finding(number, "action-verb", f"“{_short(line.strip())}” says no deed", DEED)
        for code, missing, regex in (("action-owner", "owner", NAMED), ("action-due", "due date", DATED)):
            without = [item for item in items if not regex.search(item)]
            if without:
                message = f"{len(without)} of {len(items)} action items have no {missing}"
                yield Finding(section.line, code, message, f"name the {missing} of each")


def vague(action: str) -> bool:
    """Whether nobody could tell that it was done."""
    return bool(VAGUE.match(re.sub(r"\[\^[\w-]+\]|[*_`]", "", action)))


def _blame(text: str) -> Iterator[Finding]:
    for number, line in prose.prose(text):
        if SIGNAL.match(line):
            continue
        for phrase in blameless.blaming(line):
            yield Finding(number, "blame", f"“{phrase.text}” {phrase.why}", f"better: {phrase.say}")


def _short(text: str, limit: int = 60) -> str:
    plain = re.sub(r"\[\^[\w-]+\]", "", text)
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"
