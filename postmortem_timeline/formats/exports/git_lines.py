"""`git log` with a line a commit: --oneline with dates, custom formats with any separator, --graph, and reflogs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.changed_service import changed_service
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.formats.exports.textual import Row, head_lines, rows

NAME = "git_lines"
TITLE = "git log with a line a commit, git reflog"
GROUP = "change"
KIND = "change"
URL = "https://git-scm.com/docs/pretty-formats"
NAMES = ("*git*", "*commits*", "*reflog*")

DRAWN = re.compile(r"^[*|\\/_ ]*(?=[\"'\[(]?[0-9a-f]{7,40}\b)")
ONLY_DRAWN = re.compile(r"^[*|\\/_ ]+$")
SHA = re.compile(r"[\"'\[(]?(?=[0-9a-f]*[0-9])([0-9a-f]{7,40})\b[\"'\])]?(?!-[0-9a-f]{4}-|[-:.]\d\d[:.])")
DATES = (
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)? ?(?:[+-]\d\d:?\d\d|Z)",
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
    r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \d{4}(?: [+-]\d{4})?",
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?",
    r"(?<!\d)1\d{9}(?: [+-]\d{4})?(?!\d)",
)
DATE = re.compile("|".join(f"(?:{shape})" for shape in DATES))
MAIL = re.compile(r"<?([\w.+-]+@[\w.-]+)>?")
REFLOG = re.compile(r"(\S+@\{[^}]*\}): ([^:]+): (.*)$")
HEADS = re.compile(r"([0-9a-f]{40}) ([0-9a-f]{40}) (.*?) <([^>]*)> (\d+) [+-]\d{4}\t(.*)$")
REFERENCE = re.compile(r"\((.*), (\d{4}-\d\d-\d\d[^)]*)\)$")
NAMED = re.compile(r"^(?:[A-Z][\w.'-]+ )+[A-Z][\w.'-]+$|^[a-z][\w.-]*$")
REFS = re.compile(r"^\((HEAD|tag:|origin/|[\w./-]+(?:, |\)))[^)]*\)? ?")
SEPARATORS = ("\t", "|", "\x1f", ";", '","', " - ")
REVERTED = re.compile(r'^Revert "')
ENOUGH = 0.8


def sniff(head: bytes, name: str) -> float:
    """Nearly all lines begin with a hash and hold a date."""
    lines = [line for line in head_lines(head) if not ONLY_DRAWN.match(line)]
    good = [line for line in (DRAWN.sub("", line, 1) for line in lines) if _dated(line)]
    hashes = any(not found[1].isdigit() for found in map(SHA.match, good) if found)  # thread numbers are digits throughout
    return 0.96 if lines and hashes and len(good) >= ENOUGH * len(lines) and not lines[0].startswith("{") else 0.0


def _dated(line: str) -> bool:
    found = SHA.match(line)
    if found is None or (found[1].isdigit() and 12 < len(found[1]) < 40):  # a number, such as another product's ids
        return False
    return bool(HEADS.match(line) or DATE.search(line[found.end() : found.end() + 200]))


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a line; what `--graph` only draws is part of the line before."""
    return finished(_line(row) for row in rows(data) if not ONLY_DRAWN.match(row.text))


def _line(row: Row) -> Event:
    line = DRAWN.sub("", row.text, 1).strip()
    found = SHA.match(line)
    if heads := HEADS.match(line):
        more = {"before": heads[1], "commit": heads[2], "email": heads[4]}
        return _event(row, heads[5], heads[2], heads[6], heads[3], more)
    if not found or not (date := DATE.search(line[found.end() :])):
        return row.unparsed
    rest = line[found.end() :]
    if reflog := REFLOG.search(rest):
        return _event(
            row,
            date[0],
            found[1],
            f"{reflog[2]}: {reflog[3]}",
            None,
            {"commit": found[1], "ref": reflog[1].partition("@")[0]},
        )
    if reference := REFERENCE.search(rest):
        return _event(row, date[0], found[1], reference[1], None, {"commit": found[1]})
    parts = _parts(rest[: date.start()], rest[date.end() :])
    mail = next((match[1] for part in parts if (match := MAIL.fullmatch(part))), None)
    parts = [part for part in parts if not MAIL.fullmatch(part) and not _is_sha(part)]
    refs = next((part for part in parts if REFS.match(part) and part.endswith(")")), "")
    parts = [part for part in parts if part != refs]
    actor = next((part for part in parts if NAMED.match(part)), None) if len(parts) > 1 else None
    subject = max((part for part in parts if part != actor), key=len, default=actor or "")
    if not actor and (author := re.search(r" [\[(]([^\])]+)[\])]$", subject)):  # %s [%an]
        actor, subject = author[1], subject[: author.start()]
    return _event(row, date[0], found[1], subject, actor, {"commit": found[1], "email": mail, "refs": refs.strip("()")})


def _parts(before: str, after: str) -> list[str]:
    """The fields around the date: between the separator that stands next to it, else as they stand."""
    close = (before[-3:], after[:3])
    mark = next((one for one in SEPARATORS if one.strip(" ") and (one[:3] in close[1] or one[-3:] in close[0])), None)
    if mark is None and after.startswith(("\t", " ")) and not before.strip(" -\"'[("):
        said = _bare(after)
        refs = REFS.match(said)
        return [refs[0].strip(), said[refs.end() :]] if refs else [said]
    texts = [*before.split(mark), *after.split(mark, 2 if mark == "|" else -1)] if mark else [before, after]
    return [text for part in texts if (text := _bare(part))]


def _bare(part: str) -> str:
    """A field without the quotation mark that its separator left behind."""
    text = part.strip().strip(",;|").strip()
    if text[:1] == '"' == text[-1:] and len(text) > 1:
        return text[1:-1]
    text = text.removeprefix('"') if text.count('"') % 2 else text
    return text.removesuffix('"') if text.count('"') % 2 else text


def _is_sha(part: str) -> bool:
    return bool(re.fullmatch(r"(?:[0-9a-f]{7,40} ?)+", part))


REFLOG_VERB = re.compile(
    r"(commit(?: \([a-z ]+\))?|revert|cherry-pick|checkout|merge [^:]+|reset|pull[^:]*|rebase[^:]*|clone): (.*)$"
)
VERBS = {
    "checkout": "checked_out",
    "merge": "merged",
    "reset": "reset",
    "pull": "pulled",
    "rebase": "rebased",
    "clone": "cloned",
}


def _event(row: Row, stamp: str, sha: str, subject: str, actor: str | None, more: dict[str, str | None]) -> Event:
    verb = REFLOG_VERB.match(subject) if "ref" in more or "before" in more else None
    subject = verb[2] if verb and verb[1].startswith("commit") else subject
    action = VERBS.get(verb[1].split()[0], "committed") if verb else "committed"
    return (
        timed(stamp)
        | row.place
        | {
            "kind": KIND,
            "action": action,
            "actor": actor,
            "body": subject,
            "correlation_key": sha,
            "service": None if action in VERBS.values() else changed_service(subject),
            "attributes": attributes({**more, "revert": bool(REVERTED.match(subject)) or None}),
        }
    )
