"""Feeds of status pages, Atom and RSS: Statuspage, Instatus, Better Stack, cState, AWS, Azure, Google Cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.markup import plain
from postmortem_timeline.formats.exports.places import Places
from postmortem_timeline.formats.exports.status import update
from postmortem_timeline.parsing.jsondoc import Element, text_of
from postmortem_timeline.parsing.moment import instant
from postmortem_timeline.parsing.written import read

NAME = "status_feed"
TITLE = "Status page feeds (Atom, RSS): Statuspage, Instatus, Better Stack, cState, AWS, Azure, Google Cloud"
GROUP = "status"
KIND = "status"
URL = "https://support.atlassian.com/statuspage/docs/enable-rss-and-atom-feeds/"
NAMES = ("history.atom", "history.rss", "*.atom", "*.rss", "*feed*.xml")

ENTRY = re.compile(r"<(entry|item)\b[^>]*>(.*?)(?:</\1\s*>|\Z)", re.DOTALL)
ABOUT = re.compile(r"status|incident|health|maintenance|service alert", re.IGNORECASE)
BLOCK = re.compile(
    r"<small>(?P<when>.*?)</small>\s*(?:<br\s*/?>)?\s*<strong>(?P<state>.*?)</strong>\s*[-–—:]?\s*"
    r"(?P<words>.*?)(?=<p>\s*<small>|<small>|\Z)", re.DOTALL,
)  # fmt: skip
HEADED = re.compile(
    r"\[?(?P<state>RESOLVED|Resolved|UPDATE|Update|Investigating|Identified|Monitoring|Scheduled|Completed"
    r"|Informational message|Service is operating normally|Performance issues|Service disruption)\]?\s*[:\-\]]\s*"
)
RESOLVED = re.compile(
    r"\[RESOLVED\]|has been (?:fully )?(?:resolved|mitigated)|is (?:now )?(?:resolved|mitigated)", re.IGNORECASE
)
GUID = re.compile(r"(?:incidents?|maintenances?|report)/([\w-]+)", re.IGNORECASE)
DAY = 86_400_000_000_000


def sniff(head: bytes, name: str) -> float:
    """A feed with entries that speaks, before or in them, of a status or of incidents."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return 0.0
    text = head.decode("utf-8-sig", "replace")
    if not re.search(r"<(?:feed|rss|rdf:RDF)\b", text[:2000]) or not re.search(r"<(?:entry|item)\b", text):
        return 0.0
    top = text[: (re.search(r"<(?:entry|item)\b", text) or re.match("", text)).start()]  # type: ignore[union-attr]
    if "data-var=" in text or BLOCK.search(unescape(text)):
        return 0.98
    return 0.9 if ABOUT.search(_of(top, "title") + _of(top, "link") + _of(top, "id")) else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per update that an entry tells of; where it tells of none, one per entry."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    places = Places(text)
    for found in ENTRY.finditer(text):
        element = Element({}, places.line(found.start()), 0, found[1], text, found.start(), found.end())
        rows = list(_entry(found[2]))
        yield from (row | placed(element) for row in rows) if rows else [unparsed(element)]


def _of(entry: str, *names: str) -> str:
    """The text of the first of some elements that is there; a CDATA section or escaped HTML as HTML."""
    for name in names:
        if found := re.search(rf"<{name}\b[^>]*>(.*?)</{name}\s*>", entry, re.DOTALL):
            inner = found[1].strip()
            return inner[9:-3] if inner.startswith("<![CDATA[") else unescape(inner)
    return ""


def _entry(entry: str) -> Iterator[Event]:
    title, link = (
        plain(_of(entry, "title")),
        re.search(r"<link\b[^>]*href=\"([^\"]+)\"|<link>\s*([^<]+?)\s*</link>", entry),
    )
    url = next((part for part in (link.groups() if link else ()) if part), "")
    stamps = [_of(entry, name) for name in ("updated", "pubDate", "published", "dc:date")]
    stamp = next((one for one in stamps if one), "")
    latest = instant(re.sub(r"\s+(?:Z|UT|UTC|GMT)$", " +0000", stamp)) or _zoned(stamp)
    key = next(
        (m[1] for part in (url, _of(entry, "guid", "id")) if (m := GUID.search(part))), _of(entry, "guid", "id") or url
    )
    more: dict[str, Any] = {"key": key, "url": url}
    html = _of(entry, "content", "description", "summary", "content:encoded")
    blocks = list(BLOCK.finditer(html))
    for block in blocks:
        when = _dated(plain(block["when"]), latest)
        if when is not None:
            yield update({"timestamp": when}, title, plain(block["words"]), plain(block["state"]), **more)
    if not blocks and title:
        words, said = plain(html), HEADED.match(title)
        state = (
            said["state"]
            if said
            else "resolved"
            if RESOLVED.search(title) or RESOLVED.search(words[:200])
            else "update"
        )
        yield update({"timestamp": latest, "stamp": stamp}, title, words, state, **more,
                     service_area=[plain(c) for c in re.findall(r"<category\b[^>]*>(.*?)</category>", entry,
                     re.DOTALL)])  # fmt: skip


def _zoned(stamp: str) -> int | None:
    """`Tue, 15 Jul 2025 10:42:03 PDT`, as AWS wrote."""
    said = read(stamp)
    return said.instant() if said and said.clock_ns is not None else None


def _dated(when: str, latest: int | None) -> int | None:
    """`Jul 15, 17:42 UTC`: of the year in which it lies before the entry's last change."""
    said = read(when.replace("GMT+0", "GMT"))
    if said is None or said.date is None or said.clock_ns is None:
        return None
    if said.date[0] is not None or latest is None:
        return said.instant()
    year = datetime.fromtimestamp(latest // 1_000_000_000, UTC).year
    told = [said.instant((y, 1, 1)) for y in (year, year - 1)]
    return next((t for t in told if t is not None and t <= latest + 2 * DAY), told[0])
