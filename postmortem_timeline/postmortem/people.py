"""People become roles: who is who across chat, pages, changes and mentions, and one role for all of a person's names.

It is pseudonymisation, not anonymisation: whoever was there can still tell who "responder 1" is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import combining, normalize

from postmortem_timeline.postmortem.named import named

NAMES = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
BOTS, WORDS = frozenset(NAMES["bots"]), frozenset(NAMES["words"])

BOT = re.compile(r"(?i)(?:\[bot\]|\bbot|[-_.]bot|\bapp|-ci|-cd|-action|-actions|-deployer|-operator|-controller)$")

# What we made of people once stays as it is when a saved timeline is told again.
ROLE = re.compile(r"(?i)^(?:incident commander|on-call|responder|engineer)(?: \d+)?$")

# Groups are roles already.
GROUP = re.compile(
    r"(?i)^(?:here|channel|everyone|all|team|ops|sre|devops|support|security|platform|on-?call)$"
    r"|(?:^|[-_.])(?:team|on-?call|squad|guild|ops|sre)(?:$|[-_.])"
)

MENTION = re.compile(r"(?<![\w.@/])@([A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*)(?![\w@/]|\.[A-Za-z])")
MAIL = re.compile(r"(?i)(?<![\w.+-])([a-z0-9._%+-]+)@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
COMMAND = re.compile(
    r"(?i)\b(?:tak(?:e|ing)|i have|i've got|i'?ll take|assum(?:e|ing)|running|leading)\b.{0,20}"
    r"\b(?:incident command|command|the lead|lead|point)\b|\bi(?:'m| am) (?:the )?(?:ic|incident commander)\b"
)


@dataclass
class Person:
    """One person: every way in which the evidence names them, and what they did."""

    key: str
    names: list[str] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    role: str = ""

    def saw(self, name: str, deed: str) -> None:
        if name not in self.names:
            self.names.append(name)
        self.did.append(deed)


def identify(
    rows: Sequence[Mapping[str, Any]],
    texts: Iterable[str] = (),
    stated: Mapping[str, str] | None = None,
    records: Iterable[str] = (),
) -> dict[str, str]:
    """name as written -> role, for everybody in the rows' actors, in mentions of chat, mail addresses and records.

    `stated` (roles of incident.toml) goes first; roles are given in the order of appearance.
    """
    people: dict[str, Person] = {}
    for name, role in (stated or {}).items():
        person = people.setdefault(key_of(name), Person(key_of(name)))
        person.saw(name, "stated")
        person.role = role
    services = {key_of(str(row["service"])) for row in rows if row.get("service")}
    for row in rows:
        if key_of(str(row.get("actor") or "")) not in services:  # a pager names the service that called as the agent
            _meet(people, row)
    for text in texts:
        for handle in MENTION.findall(text):
            _add(people, handle, "mentioned")
        for match in MAIL.finditer(text):
            _known_mail(people, match)
    for record in records:
        for names in named(record):
            _introduce(people, [name for name in names if key_of(name) not in services])
    _cast(people.values())
    return {name: person.role for person in people.values() for name in _spellings(person)}


def disguise(text: str, roles: Mapping[str, str]) -> str:
    """`text` with every known name as its role: the longest names first, whole words only, `@` and mail included."""
    if not roles or not text:
        return text
    return _pattern(tuple(roles)).sub(lambda match: roles[match["linked"] or match["name"]], text)


def key_of(name: str) -> str:
    """What the spellings of one person share: `Dana Ruíz`, `dana.ruiz` and `dana.ruiz@corp.example` are `dana ruiz`."""
    local = name.split("@")[0] if "@" in name.strip("@") else name.strip("@")
    plain = "".join(char for char in normalize("NFKD", local.lower()) if not combining(char))
    return " ".join(re.split(r"[\s._-]+", plain)).strip()


def is_bot(name: str) -> bool:
    """Whether a program bears this name."""
    words = re.split(r"[\s_/-]+", name.lower())
    return bool(BOT.search(name)) or name.lower() in BOTS or words[0] in BOTS


def is_group(name: str) -> bool:
    return bool(GROUP.search(name) or ROLE.match(name))


def _meet(people: dict[str, Person], row: Mapping[str, Any]) -> None:
    text = str(row.get("summary") or "")
    actor = row.get("actor")
    if actor:
        deed = (
            "command"
            if row.get("kind") == "chat" and COMMAND.search(text)
            else str(row.get("reason") or row.get("kind"))
        )
        _add(people, str(actor), "change" if row.get("kind") == "change" else deed)
    for handle in MENTION.findall(text) if row.get("kind") in ("chat", "note", "ticket", "page") else ():
        _add(people, handle, "mentioned")


def _add(people: dict[str, Person], name: str, deed: str) -> None:
    if not is_bot(name) and not is_group(name) and key_of(name):
        people.setdefault(key_of(name), Person(key_of(name))).saw(name, deed)


def _known_mail(people: dict[str, Person], match: re.Match[str]) -> None:
    """A mail address of somebody known is one of their names; other addresses are the redaction's business."""
    person = people.get(key_of(match.group(1)))
    if person:
        person.saw(match.group(0), "mail")


def _introduce(people: dict[str, Person], names: Sequence[str]) -> None:
    """All names that a record gives one person are theirs; somebody whom no row shows is met here."""
    if not names or any(is_bot(name) or is_group(name) for name in names):
        return
    known = next((people[key_of(name)] for name in names if key_of(name) in people), None)
    person = known or people.setdefault(key_of(names[0]), Person(key_of(names[0])))
    for name in names:
        if len(key_of(name)) > 2 and name.lower() not in WORDS:
            person.saw(name, "record")


def _cast(people: Iterable[Person]) -> None:
    """Roles by what people did: who took command, who took the page, who helped, who only changed something before."""
    taken: dict[str, int] = {}
    for person in people:
        if person.role:
            continue
        role = _role(person)
        taken[role] = taken.get(role, 0) + 1
        always = role in ("responder", "engineer")
        person.role = f"{role} {taken[role]}" if always or taken[role] > 1 else role


def _role(person: Person) -> str:
    if "command" in person.did:
        return "incident commander"
    if "acknowledge" in person.did:
        return "on-call"
    return "engineer" if set(person.did) <= {"change", "mail", "record"} else "responder"


def _spellings(person: Person) -> list[str]:
    """Every form under which the person may stand in a text, the longest first."""
    forms = list(person.names)
    parts = person.key.split()
    if len(parts) in (2, 3) and all(part.isalpha() and len(part) > 1 for part in parts):
        titled = [part.capitalize() for part in parts]
        forms += [" ".join(titled), ".".join(parts), "-".join(parts), "_".join(parts), "".join(parts)]
        forms += [part for part in (titled[0], titled[-1]) if len(part) > 2 and part.lower() not in WORDS]
    return sorted(dict.fromkeys(forms), key=lambda form: (-len(form), form))


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(names, key=lambda name: (-len(name), name))
    name = "|".join(map(re.escape, longest))
    return re.compile(rf"<@(?P<linked>{name})>|(?<![\w@])@?(?P<name>{name})(?!\w)")
