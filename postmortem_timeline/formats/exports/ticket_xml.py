"""Jira's XML of a search, and ServiceNow's XML of a list: one block an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished
from postmortem_timeline.formats.exports.textual import Row
from postmortem_timeline.formats.exports.tickets import entry, priority
from postmortem_timeline.parsing.jsondoc import text_of

NAME = "ticket_xml"
TITLE = "Tickets as XML (Jira search, ServiceNow list)"
GROUP = "ticket"
KIND = "ticket"
URL = "https://confluence.atlassian.com/jirasoftwareserver/working-with-search-results-939938840.html"
NAMES = ("*SearchRequest*.xml", "*incident*.xml", "*change_request*.xml")

BLOCK = re.compile(r"<(item|incident|change_request|problem|sc_task)(?:\s[^>]*)?>.*?</\1>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
DOCTYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> float:
    """Jira's items have a key and a summary, ServiceNow's records a number."""
    text = text_of(head).lstrip()
    if not text.startswith("<"):
        return 0.0
    if "<item>" in text and re.search(r"<key\b", text) and "<summary>" in text:
        return 0.97
    return (
        0.96
        if re.search(r"<(?:incident|change_request|problem)[ >]", text) and "<number>" in text and "<sys_" in text
        else 0.0
    )


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The creation, the end and the comments of each."""
    return finished(_events(text_of(data)))


def _events(text: str) -> Iterator[Event]:
    for found in BLOCK.finditer(text):
        row = Row(found[0], text.count("\n", 0, found.start()) + 1, found.start(), found.end())
        try:
            if DOCTYPE.search(found[0]):
                raise ElementTree.ParseError
            node = ElementTree.fromstring(found[0])
        except ElementTree.ParseError:
            yield row.unparsed
            continue
        told = list(_issue(node) if found[1] == "item" else _record(node))
        yield from [{"kind": KIND} | one | row.place for one in told] or [row.unparsed]


def _said(node: ElementTree.Element, name: str) -> str:
    child = node.find(name)
    return "" if child is None else (child.get("display_value") or child.text or "").strip()


def _issue(node: ElementTree.Element) -> Iterator[Event]:
    key, title = _said(node, "key"), _said(node, "summary")
    parts = [(child.text or "").strip() for child in node.findall("component")]
    common = {
        "correlation_key": key or None,
        "service": parts[0] if len(parts) == 1 else None,
        **priority(_said(node, "priority")),
    }
    more = {
        "type": _said(node, "type"),
        "status": _said(node, "status"),
        "assignee": _said(node, "assignee"),
        "resolution": _said(node, "resolution"),
        "url": _said(node, "link"),
    }
    told = TAGS.sub("", _said(node, "description")).strip()
    if created := _said(node, "created"):
        yield entry(created, "created", f"{key}: {title}\n{told}".strip(), _said(node, "reporter"), common, more)
    if resolved := _said(node, "resolved"):
        yield entry(resolved, "resolved", f"{key}: {title}: resolved", None, common, more)
    for comment in node.iterfind("comments/comment"):
        yield entry(
            comment.get("created"),
            "commented",
            f"{key}: {title}: {TAGS.sub('', comment.text or '').strip()}",
            comment.get("author"),
            common,
            more,
        )


def _record(node: ElementTree.Element) -> Iterator[Event]:
    number, title = _said(node, "number"), _said(node, "short_description")
    common = {
        "correlation_key": number or None,
        "service": _said(node, "cmdb_ci") or None,
        **priority(_said(node, "priority")),
        **({"kind": "change"} if node.tag == "change_request" else {}),
    }
    more = {
        "state": _said(node, "state"),
        "assignee": _said(node, "assigned_to"),
        "group": _said(node, "assignment_group"),
        "id": _said(node, "sys_id"),
    }
    steps = (
        ("opened_at", "created", "opened_by"),
        ("work_start", "started", "assigned_to"),
        ("work_end", "succeeded", "assigned_to"),
        ("resolved_at", "resolved", "resolved_by"),
        ("closed_at", "closed", "closed_by"),
    )
    for field, action, who in steps:
        if stamp := _said(node, field):
            yield entry(
                stamp,
                action,
                f"{number}: {title}" + ("" if action == "created" else f": {action}"),
                _said(node, who),
                common,
                more,
            )
