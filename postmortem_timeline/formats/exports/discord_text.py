"""DiscordChatExporter's text, HTML and CSV: stamps are local to the exporter, in the order of dates of its locale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from postmortem_timeline.formats.exports.chat import Days, csv_records, lines_of, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.places import Places
from postmortem_timeline.parsing.jsondoc import text_of
from postmortem_timeline.parsing.written import order_of, read

NAME = "discord_text"
TITLE = "DiscordChatExporter text, HTML and CSV"
GROUP = "chat"
KIND = "chat"
URL = "https://github.com/Tyrrrz/DiscordChatExporter/blob/master/.docs/Using-the-CLI.md"
NAMES = ("* [[]*[]].txt", "* [[]*[]].html", "* [[]*[]].csv")

RULE = "=" * 62
HEADER = ["AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"]
HEAD = re.compile(r"\[(?P<stamp>[^\]]*\d[^\]]*)\] (?P<who>\S.*?)(?P<pinned> \(pinned\))?$")
SECTION = re.compile(r"\{(Attachments|Embed|Stickers|Reactions)\}$")
ATTRIBUTE = r"class=\"?[^\">]*\b{}\b[^\">]*\"?"
CONTAINER = re.compile(r"<div\b(?=[^>]*\bchatlog__message-container\b)[^>]*?data-message-id=\"?(?P<id>\d+)\"?[^>]*>")
DONE = (("join", re.compile(r"^(?:Joined|joined|Added|added) ")), ("leave", re.compile(r"^(?:Left|left|Removed|removed) ")),
        ("pinned_item", re.compile(r"^(?:Pinned|pinned) ")),
        ("system", re.compile(r"^(?:Started|started|Changed|changed) ")))  # fmt: skip


class Said(NamedTuple):
    """One message as it stands in the file."""

    stamp: str
    who: str
    words: str
    line: int
    span: tuple[int, int]
    more: dict[str, Any]
    action: str | None = None


def sniff(head: bytes, name: str) -> float:
    """The rule above the guild's name; the classes of the page; the names of the columns."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"=", b"A", b"<"):
        return 0.0
    text = head.decode("utf-8-sig", "replace").lstrip()
    if text.startswith(RULE) and re.match(rf"{RULE}\r?\nGuild: ", text):
        return 0.99
    if text.startswith(",".join(HEADER)):
        return 0.98
    return 0.98 if text.startswith("<") and "chatlog__" in text else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message."""
    return finished(_events(text_of(data), context))


def _events(text: str, context: Context) -> Iterator[Event]:
    if text.lstrip().startswith("<"):
        found, place = list(_of_html(text)), _titles(text)
    elif text.lstrip().startswith(HEADER[0]):
        found, place = list(_of_csv(text)), {}
    else:
        found, place = list(_of_text(text)), _preamble(text)
    order, sure = order_of(one.stamp for one in found)
    if found and not sure:
        words = {"dm": "the day before the month", "md": "the month before the day"}[order]
        context.note("date_order", f"no date of it has a number over 12; read with {words}")
    days = Days(context, order)
    for one in found:
        yield message(days.timed(one.stamp), one.who, one.words, action=one.action, **{**place, **one.more}) | {
            "line": one.line, "element": one.span,
        }  # fmt: skip


def _preamble(text: str) -> dict[str, str]:
    found = dict(
        re.findall(
            r"^(Guild|Channel|Topic): (.*?)\r?$", text.split(RULE)[1] if text.count(RULE) > 1 else "", re.MULTILINE
        )
    )
    return {
        "channel": re.split(r" [-/] ", found.get("Channel", ""))[-1],
        "guild": found.get("Guild", ""),
        "topic": found.get("Topic", ""),
    }


def _of_text(text: str) -> Iterator[Said]:
    lines = list(lines_of(text))
    rules = [line.number for line in lines if line.text == RULE]
    body = [
        line
        for line in lines
        if (len(rules) < 2 or line.number > rules[1]) and (len(rules) < 3 or line.number < rules[2])
    ]
    heads = [(k, found) for k, line in enumerate(body) if (found := HEAD.match(line.text)) and read(found["stamp"])]
    ends = [k for k, _ in heads[1:]] + [len(body)]
    for (k, found), last in zip(heads, ends, strict=False):
        rows: list[str] = []
        sections: dict[str, list[str]] = {}
        part = ""
        for line in body[k + 1 : last]:
            if section := SECTION.match(line.text):
                part = section[1].lower()
            elif part and line.text.strip():
                sections.setdefault(part, []).append(line.text.strip())
            elif not part:
                rows.append(line.text)
        words = "\n".join([*rows, *sections.pop("embed", [])]).strip()
        more = {"pinned": bool(found["pinned"]) or None,
        "files": [url.rpartition("/")[2] for url in sections.get("attachments", [])],
                "reactions": " ".join(sections.get("reactions", []))}  # fmt: skip
        yield Said(
            found["stamp"], found["who"], words, body[k].number, (body[k].start, body[last - 1].end), more, _done(words)
        )


def _done(words: str) -> str | None:
    """What Discord itself says where nobody spoke: one short line that ends in a full stop."""
    whole = "\n" not in words and words.endswith(".") and len(words) < 100
    return next((name for name, shape in DONE if whole and shape.search(words)), None)


def _of_csv(text: str) -> Iterator[Said]:
    at, places = text.find("\n") + 1, Places(text)
    for start, end, cells in csv_records(text, at):
        if len(cells) >= 4:
            number, who, stamp, words, *rest = cells
            more = {"user_id": number, "files": [url.rpartition("/")[2] for url in rest[0].split(",") if url] if rest else [],
                    "reactions": rest[1] if len(rest) > 1 else ""}  # fmt: skip
            yield Said(stamp, who, words, places.line(start), (start, end), more, _done(words))


def _titles(text: str) -> dict[str, str]:
    entries = [plain(m) for m in re.findall(r"<div class=\"?preamble__entry\"?[^>]*>(.*?)</div>", text, re.DOTALL)]
    return {
        "guild": entries[0] if entries else "",
        "channel": re.split(r" [-/] ", entries[1])[-1] if len(entries) > 1 else "",
    }


def _of_html(text: str) -> Iterator[Said]:
    starts, places = [*CONTAINER.finditer(text)], Places(text)
    who, bot = "", False
    for found, after in zip(starts, [*(one.start() for one in starts[1:]), len(text)], strict=False):
        html = text[found.start() : after]
        system = "chatlog__system-notification" in html
        named = _piece(html, "chatlog__system-notification-author" if system else "chatlog__author")
        if named is not None:
            who, bot = named, re.search(ATTRIBUTE.format("chatlog__author-tag"), html) is not None
        stamp = _stamp(html)
        content = _piece(html, "chatlog__system-notification-content" if system else "chatlog__content") or ""
        edited = content.endswith("(edited)")
        words = content.removesuffix("(edited)").rstrip()
        embeds = [_piece(html, name) for name in ("chatlog__embed-title", "chatlog__embed-description")]
        if bot or not words:
            words = "\n".join(part for part in (words, *embeds) if part)
        action = (
            _done(f"{words[:1].upper()}{words[1:]}".rstrip(".") + ".") or "system"
            if system
            else "edited"
            if edited
            else None
        )
        reply = re.search(r"scrollToMessage\(event,\s*'(\d+)'\)", html)
        more = {"bot": bot, "own": found["id"], "thread": reply[1] if reply else None,
                "files": [plain(n).split(": ",
                1)[-1] for n in re.findall(r"title=\"(?:Image|Video|Audio|File): ([^\"]+?)(?: \([^()]*\))?\"",
                html)]}  # fmt: skip
        yield Said(stamp, who, words, places.line(found.start()), (found.start(), after), more, action)


def _stamp(html: str) -> str:
    """The stamp in the title, which is the longer one; else as shown."""
    for name in ("chatlog__timestamp", "chatlog__short-timestamp", "chatlog__system-notification-timestamp"):
        if found := re.search(rf"<\w+\b(?=[^>]*\b{name}\b)[^>]*>(.*?)</(?:span|div)>", html, re.DOTALL):
            title = re.search(r"\btitle=\"([^\"]*)\"", found[0].partition(">")[0])
            return title[1] if title and read(title[1]) else re.sub(r"<[^>]*>", "", found[1]).strip()
    return ""


def _piece(html: str, name: str) -> str | None:
    """The words of the first element of a class."""
    found = re.search(rf"<(\w+)\b[^>]*?{ATTRIBUTE.format(name)}[^>]*>", html)
    if not found:
        return None
    depth, at = 1, found.end()
    for tag in re.finditer(rf"<(/?){found[1]}\b[^>]*>", html[at:]):
        depth += -1 if tag[1] else 1
        if not depth:
            return plain(html[at : at + tag.start()])
    return plain(html[at:])
