"""apt's history: one block for each command, from its start to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.formats.exports.runs import run
from postmortem_timeline.formats.exports.textual import Row, head_lines, joined, rows

NAME = "apt_history"
TITLE = "apt history.log"
GROUP = "change"
KIND = "change"
URL = "https://manpages.debian.org/bookworm/apt/apt.conf.5.en.html"
NAMES = ("history.log*", "*apt*history*")

FIELD = re.compile(r"^([A-Z][A-Za-z-]+): (.*)$")
BLANKS = re.compile(r" {2,}")
PACKAGE = re.compile(r"([\w.+-]+)(?::\w+)? \(([^)]*)\)")
CHANGES = ("Install", "Upgrade", "Remove", "Purge", "Downgrade", "Reinstall")


def sniff(head: bytes, name: str) -> float:
    """A start, and what was to be done."""
    lines = head_lines(head, 8)
    return (
        0.98
        if lines
        and lines[0].startswith("Start-Date: ")
        and any(line.split(":")[0] in ("Commandline", "End-Date", *CHANGES) for line in lines[1:])
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The start and the end of each command; two blanks stand between date and time."""
    return finished(_events(list(rows(data))))


def _events(lines: list[Row]) -> Iterator[Event]:
    block: list[Row] = []
    for row in [*lines, None]:
        if block and (row is None or row.text.startswith("Start-Date:")):
            yield from _block(block)
            block = []
        if row is not None:
            block.append(row)


def _block(block: list[Row]) -> Iterator[Event]:
    fields = {found[1]: found[2] for row in block if (found := FIELD.match(row.text))}
    whole = joined(block)
    if "Start-Date" not in fields:
        yield whole.unparsed
        return
    changed = {name.lower(): PACKAGE.findall(fields[name]) for name in CHANGES if name in fields}
    said = "; ".join(
        f"{name} {', '.join(f'{package} {version}' for package, version in packages[:5])}"
        + (f" and {len(packages) - 5} more" if len(packages) > 5 else "")
        for name, packages in changed.items()
    )
    command, error = fields.get("Commandline", ""), fields.get("Error", "")
    more = {
        "command": command,
        "error": error,
        **{name: [f"{package} ({version})" for package, version in packages] for name, packages in changed.items()},
    }
    start, end = fields["Start-Date"], fields.get("End-Date")
    told = run(
        f"{command or 'apt'}: {said}" if said else command or "apt",
        "failed" if error else "finished",
        started=BLANKS.sub(" ", start),
        finished=BLANKS.sub(" ", end) if end else None,
        why=error,
        more=more,
        common={"kind": KIND, "actor": fields.get("Requested-By", "").partition(" ")[0] or None},
    )
    last = next((row for row in block if row.text.startswith("End-Date")), whole)
    for stamp, place, event in zip((start, end or start), (whole.place, last.place), told, strict=False):
        yield event | {"stamp": stamp} | place
