"""Mattermost: the bulk export (a line per team, channel, user, post), posts of the API, the compliance export as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.chat import csv_records, message
from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, finished, placed, unparsed
from postmortem_timeline.formats.exports.places import Places
from postmortem_timeline.parsing.jsondoc import BROKEN, REST, elements, key_paths, text_of
from postmortem_timeline.parsing.members import mapping, objects, text, texts

NAME = "mattermost"
TITLE = "Mattermost bulk export, API posts, compliance CSV"
GROUP = "chat"
KIND = "chat"
URL = "https://docs.mattermost.com/administration-guide/onboard/bulk-loading-data.html"
NAMES = ("*mattermost*.jsonl", "posts.csv", "*compliance*.csv", "import.jsonl", "export.json", "*posts*.json")

POST = {"id", "create_at", "user_id", "channel_id", "message"}
DIRECTORY = ("version", "team", "channel", "user", "bot", "emoji", "scheme", "role", "direct_channel")
TYPES = {
    "system_join_channel": "join", "system_add_to_channel": "join", "system_join_team": "join", "system_add_to_team": "join",
    "system_leave_channel": "leave", "system_remove_from_channel": "leave", "system_leave_team": "leave",
    "system_header_change": "topic", "system_purpose_change": "purpose", "system_displayname_change": "topic",
    "system_channel_deleted": "archive",
}  # fmt: skip


def sniff(head: bytes, name: str) -> float:
    """Posts that are numbered by their second of birth; the API's are in a map by their ids; a CSV's columns are Post this and that."""
    if head.lstrip(b"\xef\xbb\xbf").startswith((b"Post Creation Time,", b"TeamName,")):
        top = head.partition(b"\n")[0]
        return 0.98 if b"Post Message" in top or b"PostMessage" in top else 0.0
    keys = key_paths(head)
    for base in ("post.", "direct_post."):
        if {base + "user", base + "message", base + "create_at"} <= keys and "type" in keys:
            return 0.98
    if any({base + key for key in POST} <= keys for base in ("[].", "")):
        return 0.97
    if "order" in keys and any(key.startswith("posts.") and key.endswith(".create_at") for key in keys):
        return 0.98
    return 0.9 if "version" in keys and {"type", "team.name", "team.display_name"} <= keys else 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """One event per post and reply; teams, channels and users only say who and where."""
    return finished(_events(data, context))


def _events(data: bytes, context: Context) -> Iterator[Event]:
    if data.lstrip(b"\xef\xbb\xbf").startswith((b"Post Creation Time,", b"TeamName,")):
        yield from _of_csv(text_of(data))
        return
    for element in elements(data, (), context.note):
        item = mapping(element.value)
        kind = text(item.get("type"))
        if element.path == BROKEN or not item:
            yield unparsed(element)
        elif "posts" in item and "order" in item:
            if item.get("next_post_id") or item.get("prev_post_id"):
                context.note("more_pages", "the posts are one page of several")
            for _, one in element.entries("posts"):
                yield _post(mapping(one.value)) | placed(one)
        elif kind in ("post", "direct_post") and kind in item:
            post = mapping(item[kind])
            yield _bulk(post) | placed(element)
            for reply in element.within(f"{kind}.replies"):
                yield _bulk(mapping(reply.value), post) | placed(reply)
        elif {"create_at", "message"} <= set(item):
            yield _post(item) | placed(element)
        elif kind not in DIRECTORY and element.path != REST:
            yield unparsed(element)


def _of_csv(text: str) -> Iterator[Event]:
    """The columns of the compliance export have names of words, those of older reports `PostCreateAt` and alike."""
    names: list[str] = []
    places = Places(text)
    for start, end, cells in csv_records(text):
        place: Event = {"line": places.line(start), "element": (start, end)}
        if not names:
            names = [cell.strip() for cell in cells]
        elif len(cells) != len(names):
            yield {"unparsed": True, "body": text[start:end][:200]} | place
        else:
            row = {name.replace(" ", ""): cell for name, cell in zip(names, cells, strict=True)}
            yield _exported(row) | place


def _exported(row: dict[str, str]) -> Event:
    kind = row.get("PostType", "")
    own, thread = row.get("PostId"), row.get("RepliedtoPostId") or row.get("PostRootId")
    deleted = row.get("PostDeleteAt") not in (None, "", "0")
    return message(
        row.get("PostCreationTime") or row.get("PostCreateAt"), row.get("Username") or row.get("UserUsername") or "",
        row.get("PostMessage", ""), own=own, thread=thread, bot=row.get("UserType") == "bot",
        action="deleted" if deleted else TYPES.get(kind, "system") if kind.startswith("system_") else None,
        channel=row.get("ChannelName", ""), team=row.get("TeamName"), user_id=row.get("UserId"), email=row.get("UserEmail"),
        edited_by=row.get("EditedByPostId"), type=kind if kind not in ("message", "") else None,
    )  # fmt: skip


def _bulk(post: dict[str, Any], above: dict[str, Any] | None = None) -> Event:
    """No post has an id here: it is known by channel, time and text, a thread by those of its first post."""
    first = above or post
    members = texts(first.get("channel_members"))
    props = mapping(post.get("props"))
    thread = f"{first.get('user')}:{first.get('create_at')}" if above or post.get("replies") else None
    return message(
        post.get("create_at"), text(post.get("user")), _words(post, props), thread=thread,
        action=_action(post, props), bot=_is_bot(props), channel=text(first.get("channel")) or ", ".join(members),
        team=first.get("team"), edited=post.get("edit_at"), type=post.get("type"), reactions=_reactions(post),
        files=[text(a.get("path")).rpartition("/")[2] for a in objects(post.get("attachments"))],
    )  # fmt: skip


def _post(post: dict[str, Any]) -> Event:
    props, more = mapping(post.get("props")), mapping(post.get("metadata"))
    name = props.get("override_username") or props.get("username") or post.get("user_id")
    return message(
        post.get("create_at"), text(name), _words(post, props), own=post.get("id"),
        thread=post.get("root_id") or post.get("original_id"), action=_action(post, props), bot=_is_bot(props),
        channel=text(post.get("channel_id")), user_id=post.get("user_id"), edited=post.get("edit_at") or None,
        deleted=post.get("delete_at") or None, type=post.get("type"), reactions=_reactions(more),
        pinned=post.get("is_pinned") or None, files=[text(f.get("name")) for f in objects(more.get("files"))],
    )  # fmt: skip


def _words(post: dict[str, Any], props: dict[str, Any]) -> str:
    """The message, then what a bot's attachments say."""
    lines = [text(post.get("message"))]
    for part in objects(props.get("attachments")):
        fields = [f"{text(f.get('title'))}: {text(f.get('value'))}" for f in objects(part.get("fields"))]
        words = [text(part.get(key)) for key in ("pretext", "title", "text")] + fields
        lines += words if any(words) else [text(part.get("fallback"))]
    return "\n".join(line for line in lines if line)


def _is_bot(props: dict[str, Any]) -> bool:
    return any(text(props.get(key)).lower() == "true" for key in ("from_bot", "from_webhook", "from_plugin"))


def _action(post: dict[str, Any], props: dict[str, Any]) -> str | None:
    kind = text(post.get("type"))
    if post.get("delete_at"):
        return "deleted"
    if kind.startswith("system_"):
        return TYPES.get(kind, "system")
    return "edited" if post.get("edit_at") and not _is_bot(props) else None


def _reactions(post: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in objects(post.get("reactions")):
        found.setdefault(text(one.get("emoji_name")), []).append(text(one.get("user") or one.get("user_id")))
    return found
