"""IRC as its clients log it: irssi, WeeChat, ZNC, HexChat and XChat, mIRC, Limnoria; the date may stand in markers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postmortem_timeline.formats.exports.chat import Days, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "irc"
TITLE = "IRC logs (irssi, WeeChat, ZNC, HexChat, mIRC)"
GROUP = "chat"
KIND = "chat"
URL = "https://irssi.org/documentation/manual/logging/"
NAMES = ("#*", "*.weechatlog", "irc*.log", "*[#]*.log")

LOOKED_AT, LOOKED_IN = 80, 16384
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"
_DATE = r"(?:\d{4}-\d\d-\d\d[T ]|[^\W\d_]{3,4}\.? \d\d? )"
STAMPED = re.compile(rf"\s?\[?(?P<stamp>{_DATE}?{_CLOCK})\]?[ \t]+(?P<rest>\S.*)$")
MARKER = re.compile(
    r"(?:--- (?:Log (?:opened|closed)|Day changed)|\*{4} [^\d]*?|Session (?:Start|Time|Close|Ident):)\s?(?P<date>.*)$"
)
# <local0.notice> is how syslog spells a priority out, <3> a number of some other scale.
SPOKEN = re.compile(r"<(?P<mode>[ @+%&~!]?)(?P<nick>(?![a-z]+[0-7]?\.[a-z]+>|\d+>)[^<>\s]{1,40})>(?:[ \t]+|$)(?P<words>.*)$")
NOTICE = re.compile(r"-(?P<nick>[^\s:-][^\s:]{0,40})(?::[#&]\S+)?-[ \t](?P<words>.*)$")
SYSTEM = re.compile(r"(?:-!-|\*{3}|-->|<--|---?|==|\*(?=\t| {2,}))[ \t]+(?P<words>.*)$")
ACTION = re.compile(r"\* ?(?P<nick>[^\s*]\S*) (?P<words>.*)$")
TABBED = re.compile(r"(?P<prefix>[^\t]{0,40})\t(?P<words>.*)$")  # WeeChat: stamp, prefix, words
DONE = (
    (
        "join",
        re.compile(r"\bhas joined\b|^Joins:|\bjoined #|\bYou are now talking on\b|\bnow talking in\b", re.IGNORECASE),
    ),
    ("leave", re.compile(r"\bhas (?:left|quit)\b|^(?:Parts|Quits):|\bkicked\b|\bleft #|\bQuit \(", re.IGNORECASE)),
    ("topic", re.compile(r"\btopic\b", re.IGNORECASE)),
)
LEADER = re.compile(r"(?:Irssi: |Joins: |Parts: |Quits: )?(?P<nick>[^\s()\[\]:]+)")
CHANNEL = re.compile(r"([#&][\w#.-]*\w)")


def sniff(head: bytes, name: str) -> float:
    """Most lines are a stamp and what IRC clients write for who speaks; some are speech, or a marker opens the log."""
    lines = [line for line in head[:LOOKED_IN].decode("utf-8-sig", "replace").split("\n")[:LOOKED_AT] if line.strip()]
    lines = lines[:-1] or lines  # the last one may be cut
    opened = sum(MARKER.match(line.strip()) is not None for line in lines)
    found = [row for line in lines if (row := _cut(line.rstrip("\r")))]
    spoken = sum(action is None for _, _, _, action in found)
    tabbed = any("\t" in line and _is_weechat(line) for line in lines)
    if not lines or len(found) + opened < 0.7 * len(lines) or not (spoken or opened or tabbed) or not found:
        return 0.0
    return 0.93 if spoken or opened else 0.85


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per line; markers say the day. Stamps are local to the one who logged."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    days = Days(context)
    named = CHANNEL.search(context.source.rpartition("/")[2]) or CHANNEL.search(context.source)
    channel = named[1].removesuffix(".log").removesuffix(".weechatlog") if named else ""
    for line in lines_of(text):
        place = {"line": line.number, "element": (line.start, line.end)}
        if marker := MARKER.match(line.text.strip()):
            days.begin(marker["date"])
        elif row := _cut(line.text):
            yield _message(row, days, channel) | place
        elif line.text.strip():
            yield {"unparsed": True, "body": line.text[:200]} | place


def _message(row: tuple[str, str, str, str | None], days: Days, channel: str) -> Event:
    stamp, nick, words, action = row
    return message(days.timed(stamp), nick, words, action=action, channel=channel)


def _is_weechat(line: str) -> bool:
    return re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\t[^\t]{0,40}\t", line) is not None


def _cut(line: str) -> tuple[str, str, str, str | None] | None:
    """Stamp, who, what was said, and what it is where it is no talk; None for what no client writes."""
    found = STAMPED.match(line)
    if not found:
        return None
    stamp, rest = found["stamp"], line[found.start("rest") :]
    if _is_weechat(line):
        return _of_weechat(stamp, line.split("\t", 2))
    if spoken := SPOKEN.match(rest):
        return stamp, spoken["nick"], spoken["words"], None
    if system := SYSTEM.match(rest):
        return _done(stamp, system["words"])
    if notice := NOTICE.match(rest):
        return stamp, notice["nick"], notice["words"], None
    if acted := ACTION.match(rest):
        done = _done(stamp, rest[2:])
        return done if done[3] in ("join", "leave") else (stamp, acted["nick"], f"* {acted['words']}", None)
    return None


def _of_weechat(stamp: str, cells: list[str]) -> tuple[str, str, str, str | None]:
    prefix, words = cells[1].strip(), cells[2]
    if prefix == "*":
        nick, _, said = words.partition(" ")
        return stamp, nick, f"* {said}", None
    if prefix == "--" and (notice := re.match(r"Notice\(([^)]+)\): (.*)$", words)):
        return stamp, notice[1], notice[2], None
    if prefix in ("-->", "<--", "--", "=!=", ""):
        return _done(stamp, words)
    return stamp, prefix.lstrip("@+%&~"), words, None


def _done(stamp: str, words: str) -> tuple[str, str, str, str | None]:
    leader = LEADER.match(words)
    action = next((name for name, shape in DONE if shape.search(words)), "system")
    return (
        stamp,
        leader["nick"] if leader and action != "system" and leader["nick"] not in ("Now", "You") else "",
        words,
        action,
    )
