"""Histories of shells that keep times: bash with HISTTIMEFORMAT, zsh's extended history, tcsh, fish."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, timed
from postmortem_timeline.formats.exports.runs import goes_back
from postmortem_timeline.formats.exports.textual import Row, head_lines, joined, rows

NAME = "shell_history"
TITLE = "Shell histories with times (bash, zsh, tcsh, fish)"
GROUP = "change"
KIND = "change"
URL = "https://www.gnu.org/software/bash/manual/html_node/Bash-History-Facilities.html"
NAMES = ("*history*",)

BASH = re.compile(r"^#\+?(\d{9,10})$")
ZSH = re.compile(r"^: (\d{9,10}):(\d+);(.*)$", re.DOTALL)
FISH = re.compile(r"^- cmd: (.*)$")
WHEN = re.compile(r"^  when: (\d{9,10})$")
LOOKS = re.compile(  # commands that only look
    r"(?:sudo )?(?:(?:ls|ll|cd|pwd|cat|less|more|head|tail|grep|rg|find|df|du|ps|top|htop|free"
    r"|uptime|w|who|whoami|date|history|man|ping|dig|host|nslookup|ss|netstat|journalctl|dmesg|echo|env|id)\b"
    r"|kubectl (?:-n \S+ )?(?:get|describe|logs|top|explain)\b|systemctl status\b|docker (?:ps|logs|inspect|images|stats)\b"
    r"|git (?:log|status|diff|show|branch|fetch)\b)"
)
SECRET = re.compile(
    r"(?i)((?:--?(?:password|passwd|token|secret|api-?key)[= ]|[A-Z_]*(?:PASSWORD|TOKEN|SECRET|KEY)=|Authorization: ?\w* ))\S+"
)


def sniff(head: bytes, name: str) -> float:
    """Lines that hold nothing but a time behind a mark; without times a history is no evidence of when."""
    lines = head_lines(head)
    bash = sum(bool(BASH.match(line)) for line in lines)
    zsh = sum(bool(ZSH.match(line)) for line in lines)
    fish = sum(bool(FISH.match(line)) for line in lines)
    when = sum(bool(WHEN.match(line)) for line in lines)
    return (
        0.97
        if lines
        and (
            (bash >= len(lines) / 4 and len(lines) > 1)
            or zsh >= len(lines) / 2
            or (fish and when and (fish + when) >= len(lines) / 2)
        )
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event a command, of several lines too; what follows a word for a secret is masked."""
    return finished(_command(block) for block in _blocks(list(rows(data))))


def _blocks(lines: list[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in lines:
        begins = BASH.match(row.text) or ZSH.match(row.text) or FISH.match(row.text)
        if block and begins:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


def _command(block: list[Row]) -> Event:
    first, whole = block[0].text, joined(block)
    took = None
    if bash := BASH.match(first):
        stamp, said = bash[1], "\n".join(row.text for row in block[1:])
    elif zsh := ZSH.match(whole.text):
        stamp, took, said = zsh[1], int(zsh[2]) * 1000, zsh[3].replace("\\\n", "\n")
    elif fish := FISH.match(first):
        stamp = next((found[1] for row in block if (found := WHEN.match(row.text))), "")
        said = fish[1].replace("\\n", "\n")
    else:
        return whole.unparsed
    said = SECRET.sub(r"\1***", said).strip()
    action = "rolled_back" if goes_back(said) else "ran"
    more = {"command": said.split(" ")[0] if said else None}
    return (
        timed(stamp)
        | whole.place
        | {
            "kind": "log" if LOOKS.match(said) else KIND,
            "action": action,
            "body": said,
            "duration_ms": took or None,
            "attributes": attributes(more),
        }
    )
