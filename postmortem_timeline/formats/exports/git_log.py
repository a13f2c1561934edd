"""The output of `git log`: medium, full, fuller and raw, any date, with or without --stat, --graph and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from postmortem_timeline.formats.exports.changed_service import changed_service
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "git_log"
TITLE = "git log"
GROUP = "change"
KIND = "change"
URL = "https://git-scm.com/docs/git-log#_pretty_formats"
NAMES = ("git*log*", "*commits*.txt")

COMMIT = re.compile(r"commit ([0-9a-f]{7,64})(?: [0-9a-f]{7,64})*(?: \((.*)\))?\s*$")
FIELD = re.compile(r"(Author|AuthorDate|Commit|CommitDate|Date|Merge|Reflog|TaggerDate|Tagger):\s+(.*?)\s*$")
PERSON = re.compile(r"(.*?)\s*<([^>]*)>")
CHANGED = re.compile(
    r" (\S.*?)\s+\|\s+(?:\d+|Bin\b)|(?:\d+|-)\t(?:\d+|-)\t(.+)|[ACDMRT]\d*\t(.+)"
)  # --stat, --numstat, --name-status
REVERTED = re.compile(r"This reverts commit ([0-9a-f]{7,64})")
GRAPH = re.compile(r"[*|\\/_ ]*\*[*|\\/_ ]*(?=commit )")  # what --graph draws before a commit
DRAWN = re.compile(r"[*|\\/_]+(?: [*|\\/_]+)* ?")
RAW = re.compile(r"(author|committer) (.* <.*>) (\d+) [+-]\d{4}$")  # --format=raw


def sniff(head: bytes, name: str) -> float:
    """A commit line and, below it, who and when."""
    lines = head.decode("utf-8-sig", "replace").lstrip().split("\n", 12)[:12]
    if not lines or not COMMIT.match(GRAPH.sub("", lines[0])):
        return 0.0
    return 0.99 if any(FIELD.match(_undrawn(line)) or RAW.match(line) for line in lines[1:]) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per commit; files and diffs below it belong to it."""
    return finished(_events(text_of(data).split("\n")))


def _events(lines: list[str]) -> Iterator[Event]:
    starts = [number for number, line in enumerate(lines) if COMMIT.match(GRAPH.sub("", line))]
    drawn = bool(starts) and not lines[starts[0]].startswith("commit ")
    ends = [*starts, len(lines)]
    places = [0, *accumulate(len(line) + 1 for line in lines)]
    for number in range(ends[0]):
        if lines[number].strip():
            place = {"line": number + 1, "element": (places[number], places[number + 1] - 1)}
            yield {"unparsed": True, "body": lines[number][:200], **place}
    for start, end in zip(starts, ends[1:], strict=True):
        block = [_undrawn(line) for line in lines[start:end]] if drawn else lines[start:end]
        yield _commit(block) | {"line": start + 1, "element": (places[start], places[end] - 1)}


def _undrawn(line: str) -> str:
    """A line without what --graph draws before it; a message stays indented by four."""
    found = DRAWN.match(GRAPH.sub("", line))
    rest = GRAPH.sub("", line)[found.end() if found else 0 :]
    return rest.lstrip() if FIELD.match(rest.lstrip()) else "    " + rest.strip() if rest.startswith("    ") else rest


def _commit(lines: list[str]) -> Event:
    found = COMMIT.match(lines[0])
    sha, refs = (found[1], found[2] or "") if found else ("", "")
    fields = {match[1]: match[2] for line in lines[1:10] if (match := FIELD.match(line))}
    raw = {match[1]: match.groups()[1:] for line in lines[1:10] if (match := RAW.match(line))}
    for name, (who, when) in raw.items():
        fields |= {name.capitalize().replace("Committer", "Commit"): who, "CommitDate" if name == "committer" else "AuthorDate": when}
    message = "\n".join(line[4:].rstrip() for line in lines[1:] if line.startswith("    ")).strip()
    paths = [next(filter(None, match.groups())).strip() for line in lines[1:] if (match := CHANGED.match(line))]
    author, committer = _person(fields.get("Author", "")), _person(fields.get("Commit", ""))
    reverted = REVERTED.search(message)
    more = {
        "author": author, "committer": committer if committer != author else None,
        "author_date": fields.get("AuthorDate"),
        "refs": refs, "tags": [ref.removeprefix("tag: ") for ref in refs.split(", ") if ref.startswith("tag: ")],
        "files": paths, "reverts": reverted[1] if reverted else None, "merge": fields.get("Merge"),
    }  # fmt: skip
    return timed(fields.get("CommitDate") or fields.get("Date") or fields.get("AuthorDate")) | {
        "kind": KIND, "action": "committed", "actor": author or None, "body": message, "correlation_key": sha,
        "service": changed_service(message, paths), "attributes": attributes(more),
    }  # fmt: skip


def _person(value: str) -> str:
    found = PERSON.match(value)
    return found[1] or found[2] if found else value
