"""What a Slack message says: people, channels, links and dates in words, from the text or the blocks in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from postmortem_timeline.parsing.members import mapping, objects, text

PARAGRAPHS = ("rich_text_section", "rich_text_preformatted", "rich_text_quote", "mrkdwn", "plain_text")
_MARK = re.compile(r"<([^<>\n]+)>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # Slack escapes these three and no other; the ampersand last


@dataclass(frozen=True)
class Directory:
    """People and channels of a workspace by their ids."""

    people: dict[str, dict[str, Any]]
    channels: dict[str, str]

    def name(self, user: str) -> str:
        """The display name, else the login, of a user; the id of one who is not in the directory."""
        return _name(self.people.get(user, {})) or user

    def author(self, item: dict[str, Any]) -> tuple[str, dict[str, str]]:
        """Who wrote a message, and what else they are called."""
        user = text(item.get("user"))
        person = self.people.get(user) or mapping(item.get("user_profile"))
        bot = mapping(item.get("bot_profile"))
        name = _name(person) or text(item.get("username") or bot.get("name")) or user or text(item.get("bot_id"))
        if text(item.get("subtype")) == "bot_message" and item.get("username"):
            name = text(item["username"])
        real = text(person.get("real_name") or mapping(person.get("profile")).get("real_name"))
        others = {"login": text(person.get("name")), "real_name": real}
        return name, {key: value for key, value in others.items() if value != name}


@lru_cache(maxsize=8)
def directory(users: bytes | None, *channels: bytes | None) -> Directory:
    """The directory in `users.json`, `channels.json` and `groups.json`, whichever are there."""
    people = {text(user.get("id")): user for user in _listed(users)}
    names = {text(channel.get("id")): text(channel.get("name")) for data in channels for channel in _listed(data)}
    return Directory(people, names)


def message_text(item: dict[str, Any], people: Directory, is_bot: bool) -> str:
    """The words of a message. A bot's attachments are its words too; those of a person are previews of links."""
    words = plain(text(item.get("text")), people).strip()
    extra: list[str] = []
    if is_bot or not words:
        if not words:
            extra += _of_blocks(item.get("blocks"), people)
        extra += [line for part in objects(item.get("attachments")) for line in _of_attachment(part, people)]
    if not words and not extra:
        extra = [f"[file: {text(file.get('name') or file.get('title'))}]" for file in objects(item.get("files"))]
    for line in extra:
        if line.strip() and line.strip() not in words:
            words = f"{words}\n{line.strip()}" if words else line.strip()
    return words


def plain(marked: str, people: Directory) -> str:
    """Slack's markup in words: `<@U1>`, `<#C1|name>`, `<https://x|label>`, `<!here>`, `<!date^..|text>`, entities."""
    words = _MARK.sub(lambda found: _mark(found[1], people), marked) if "<" in marked else marked
    for entity, character in _ENTITIES:
        words = words.replace(entity, character)
    return words


def _mark(inner: str, people: Directory) -> str:
    target, _, label = inner.partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return "@" + (people.name(rest) if rest in people.people else label.lstrip("@") or rest)
    if kind == "#":
        return "#" + (label.lstrip("#") or people.channels.get(rest, rest))
    if kind == "!":
        return _special(rest, label)
    target = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({target})" if label and label != target and label not in target else target


def _special(rest: str, label: str) -> str:
    if rest.startswith("date^"):
        seconds = rest.split("^")[1]
        known = seconds.isdigit() and len(seconds) < 12
        return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%d %H:%M:%S} UTC" if known else label
    return "@" + (label.lstrip("@") or rest.removeprefix("subteam^"))


def _of_attachment(part: dict[str, Any], people: Directory) -> Iterator[str]:
    lines = [plain(text(part.get(key)), people) for key in ("pretext", "title", "text")]
    for field in objects(part.get("fields")):
        lines.append(plain(": ".join(text(field[key]) for key in ("title", "value") if field.get(key)), people))
    lines += _of_blocks(part.get("blocks"), people)
    yield from (line for line in lines if line) if any(lines) else [plain(text(part.get("fallback")), people)]


def _of_blocks(blocks: Any, people: Directory) -> list[str]:
    lines = ["".join(_of_block(block, people)) for block in objects(blocks)]
    return [line for line in lines if line.strip()]


def _of_block(block: dict[str, Any], people: Directory) -> Iterator[str]:
    """The words of a block and of all inside it, in reading order."""
    kind = block.get("type")
    if kind == "user":
        yield "@" + people.name(text(block.get("user_id")))
    elif kind == "channel":
        yield "#" + people.channels.get(text(block.get("channel_id")), text(block.get("channel_id")))
    elif kind in ("broadcast", "usergroup"):
        yield "@" + text(block.get("range") or block.get("usergroup_id"))
    elif kind == "emoji":
        yield f":{text(block.get('name'))}:"
    elif kind == "link":
        yield _mark(f"{text(block.get('url'))}|{text(block.get('text'))}", people)
    elif isinstance(block.get("text"), str):
        yield plain(block["text"], people) if kind == "mrkdwn" else block["text"]
    for part in objects([block.get("text")]) + objects(block.get("fields")) + objects(block.get("elements")):
        yield from _of_block(part, people)
        if part.get("type") in PARAGRAPHS:
            yield "\n"


def _name(person: dict[str, Any]) -> str:
    return text(mapping(person.get("profile")).get("display_name") or person.get("display_name") or person.get("name"))


def _listed(data: bytes | None) -> list[dict[str, Any]]:
    try:
        return objects(json.loads(data or b"[]"))
    except ValueError:
        return []
