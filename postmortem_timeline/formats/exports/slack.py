"""Slack: a workspace export (a folder per channel, a file per day), pages of the API, search results, slackdump."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, finished, placed, timed, unparsed
from postmortem_timeline.formats.exports.slack_text import Directory, directory, message_text
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, Element, elements, key_paths
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "slack"
TITLE = "Slack workspace export, API pages and slackdump"
GROUP = "chat"
KIND = "chat"
URL = "https://slack.com/help/articles/220556107-How-to-read-Slack-data-exports"
NAMES = ("????-??-??.json", "users.json", "channels.json", "groups.json", "dms.json", "mpims.json")

ARRAYS = ("messages", "messages.matches")
DIRECTORIES = ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json")  # who and where, no events
TIMES = re.compile(rb'"ts"\s*:\s*"\d{9,10}\.\d{6}"')
# What nobody said: the channel's own book-keeping. A new topic or purpose is words of a person and stays a message.
SYSTEM = re.compile(
    r"(?:channel|group)_(?:join|leave|archive|unarchive|convert_\w+|posting_permissions)|(?:un)?pinned_item|bot_(?:add|remove)"
)
THREAD = re.compile(r"[?&]thread_ts=(\d+\.\d+)")  # a search result says it in its link alone
DELETED = ("tombstone", "message_deleted")


def sniff(head: bytes, name: str) -> float:
    """Messages have a text and a time of ten and six digits; people a profile; channels an id of their kind."""
    keys = key_paths(head)
    if TIMES.search(head):
        for base in ("[].", "messages[].", "messages.matches[].", ""):
            if {base + "ts", base + "text"} <= keys and keys & {base + who for who in ("type", "user", "bot_id")}:
                return 0.98 if base else 0.9
    return 0.97 if _is_directory(name, keys, head) else 0.0


def _is_directory(name: str, keys: frozenset[str], head: bytes) -> bool:
    if posixpath.basename(name.rpartition("!")[2]) not in DIRECTORIES or "[].id" not in keys:
        return False
    if {"[].profile", "[].name"} <= keys:
        return re.search(rb'"id"\s*:\s*"[UW]\w', head) is not None
    return bool(keys & {"[].name", "[].members"}) and re.search(rb'"id"\s*:\s*"[CDG]\w', head) is not None


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per message; none of the files that only say who and where."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    people: Directory | None = None
    found = list(elements(data, ARRAYS, context.note))
    beside = next((mapping(element.value) for element in found if element.path == REST), {})
    for element in found:
        item = mapping(element.value)
        if element.path == REST:
            pages = mapping(mapping(item.get("messages")).get("paging")).get("pages")
            if item.get("has_more") is True:
                context.note("more_pages", 'the dump is one page of several ("has_more": true)')
            elif isinstance(pages, int) and pages > 1:
                context.note("more_pages", f"the search has {pages} pages, this is one of them")
        elif element.path == BROKEN or not (item.get("ts") or mapping(item.get("message")).get("ts")):
            if element.path == BROKEN or not item.get("id"):  # an id without a time: people and channels
                yield unparsed(element)
        else:
            people = people or directory(*(_beside(context, name) for name in DIRECTORIES[:3]))
            yield from _messages(element, people, text(beside.get("name")) or _channel(context, people))


def _beside(context: Context, name: str) -> bytes | None:
    return context.read("../" + name) or context.read(name)


def _channel(context: Context, people: Directory) -> str:
    """The folder's name; a dump has the channel's id in its own name, perhaps."""
    path = context.source.rpartition("!")[2]
    stem = posixpath.basename(path).partition(".")[0]
    return people.channels.get(stem) or posixpath.basename(posixpath.dirname(path)) or stem


def _messages(element: Element, people: Directory, channel: str) -> Iterator[Event]:
    yield _message(mapping(element.value), people, channel) | placed(element)
    if element.value.get("slackdump_thread_replies"):
        for reply in element.within("slackdump_thread_replies"):
            yield _message(mapping(reply.value), people, channel) | placed(reply)


def _message(item: dict[str, Any], people: Directory, channel: str) -> Event:
    subtype = text(item.get("subtype"))
    first = mapping(item.get("previous_message") or item.get("original"))
    if subtype in ("message_changed", "message_deleted"):  # the events API wraps what it speaks of
        item = {**(mapping(item.get("message")) or first or item), "subtype": subtype}
    linked = THREAD.search(text(item.get("permalink")))
    thread, own = text(item.get("thread_ts")) or (linked[1] if linked else ""), text(item.get("ts"))
    is_bot = subtype == "bot_message" or bool(item.get("bot_id") or item.get("bot_profile"))
    name, more_of_author = people.author(item)
    more = {
        "channel": text(item.get("channel_name") or mapping(item.get("channel")).get("name")) or channel,
        "user_id": item.get("user") or item.get("bot_id"),
        "bot": is_bot, **more_of_author, "id": own, "team": item.get("team"), "thread_ts": thread, "subtype": subtype,
        "reply_count": item.get("reply_count"), "edited": mapping(item.get("edited")).get("ts"),
        "first_text": text(first.get("text")), "reactions": _reactions(item, people),
        "files": [text(file.get("name") or file.get("title")) for file in objects(item.get("files"))],
        "pinned_to": item.get("pinned_to"), "url": item.get("permalink"),
    }  # fmt: skip
    return timed(own or None) | {
        "kind": KIND, "actor": name or None, "body": message_text(item, people, is_bot),
        "correlation_key": thread or own, "action": _action(item, subtype, is_bot), "attributes": attributes(more),
    }  # fmt: skip


def _reactions(item: dict[str, Any], people: Directory) -> dict[str, list[str]]:
    """Who reacted with what; reactions carry no time."""
    found = objects(item.get("reactions"))
    return {text(one.get("name")): [people.name(user) for user in texts(one.get("users"))] for one in found}


def _action(item: dict[str, Any], subtype: str, is_bot: bool) -> str | None:
    if subtype in DELETED or item.get("hidden") is True:
        return "deleted"
    if SYSTEM.fullmatch(subtype):
        return "join"
    if is_bot:
        return "bot"
    return "edited" if item.get("edited") or subtype == "message_changed" else None
