"""People become roles: who is who across chat, pages, changes and mentions, and one role for all of a person's names.

It is pseudonymisation, not anonymisation: whoever was there can still tell who "responder 1" is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postmortem_timeline.postmortem.casting import ROLE, Person, archive_key, cast
from postmortem_timeline.postmortem.named import named
from postmortem_timeline.postmortem.spellings import BOTS, WORDS, disguise, key_of, spellings, spoken

__all__ = ["archive_key", "disguise", "identify", "is_bot", "is_group", "key_of", "service_words", "spoken"]

BOT = re.compile(r"(?i)(?:\[bot\]|\bbot|[-_.]bot|\bapp|-ci|-cd|-action|-actions|-deployer|-operator|-controller)$")

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


def identify(
    rows: Sequence[Mapping[str, Any]],
    texts: Iterable[str] = (),
    stated: Mapping[str, str] | None = None,
    records: Iterable[str] = (),
    *,
    key: bytes | None = None,
) -> dict[str, str]:
    """name as written -> role, for everybody in the rows' actors, in mentions of chat, mail addresses and records.

    `stated` (roles of incident.toml) goes first; roles are given in the order of appearance. With a `key` they are the
    same in every document that is made with it.
    """
    people = Register()
    for name, role in (stated or {}).items():
        people.meet(name, "stated").role = role
    services = {key_of(str(row["service"])) for row in rows if row.get("service")}
    for row in rows:
        if key_of(str(row.get("actor") or "")) not in services:  # a pager names the service that called as the agent
            _meet(people, row)
    for text in texts:
        for handle in MENTION.findall(text):
            _add(people, handle, "mentioned")
        for match in MAIL.finditer(text):
            if person := people.known(match.group(1)):  # other addresses are the redaction's business
                person.saw(match.group(0), "mail")
    for record in records:
        for names in named(record):
            _introduce(people, [name for name in names if key_of(name) not in services])
    everybody = people.everybody()
    cast(everybody, key)
    return _roles(everybody, service_words(rows))


class Register:
    """People by every key that leads to them, in the order in which they were met."""

    def __init__(self) -> None:
        self._by_key: dict[str, Person] = {}

    def known(self, name: str) -> Person | None:
        return self._by_key.get(key_of(name))

    def meet(self, name: str, deed: str, service: str = "") -> Person:
        person = self._by_key.setdefault(key_of(name), Person(key_of(name)))
        person.saw(name, deed, service)
        return person

    def join(self, names: Sequence[str]) -> None:
        """All these names are one person's, and so are those whom they had made two."""
        several = list({id(one): one for name in names if (one := self.known(name))}.values())
        person = several[0] if several else self.meet(names[0], "record")
        for other in several[1:]:
            for name in other.names:
                person.saw(name, "record")
            person.did += other.did
            person.served += [one for one in other.served if one not in person.served]
            person.role = person.role or other.role
            self._by_key.update({key: person for key, one in self._by_key.items() if one is other})
        for name in names:
            person.saw(name, "record")
            self._by_key.setdefault(key_of(name), person)
        person.key = max((person.key, *map(key_of, names)), key=lambda one: (len(one.split()), one == person.key))

    def everybody(self) -> list[Person]:
        return list({id(person): person for person in self._by_key.values()}.values())


def service_words(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """The words of which services are named; such a word alone is nobody."""
    return {word for row in rows for word in re.split(r"[\W_]+", str(row.get("service") or "").lower()) if word}


def is_bot(name: str) -> bool:
    """Whether a program bears this name."""
    words = re.split(r"[\s_/-]+", name.lower())
    return bool(BOT.search(name)) or name.lower() in BOTS or words[0] in BOTS


def is_group(name: str) -> bool:
    return bool(GROUP.search(name) or ROLE.match(name))


def _roles(people: Sequence[Person], taken: set[str]) -> dict[str, str]:
    """Names as they were written first; of forms that follow from them, one that fits two people says so."""
    roles = {name: person.role for person in people for name in person.names}
    derived: dict[str, list[str]] = {}
    for person in people:
        keys = {person.key, *map(key_of, person.names)}
        for form in dict.fromkeys(form for key in sorted(keys) for form in spellings(key)):
            if form.lower() not in taken and person.role not in derived.setdefault(form, []):
                derived[form].append(person.role)
    roles.update({form: " or ".join(found) for form, found in derived.items() if found and form not in roles})
    return dict(sorted(roles.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _meet(people: Register, row: Mapping[str, Any]) -> None:
    text = str(row.get("summary") or "")
    actor = row.get("actor")
    if actor:
        command = row.get("kind") == "chat" and COMMAND.search(text)
        deed = "command" if command else str(row.get("reason") or row.get("kind"))
        service = str(row.get("service") or "") if row.get("kind") == "page" else ""
        _add(people, str(actor), "change" if row.get("kind") == "change" else deed, service)
    for handle in MENTION.findall(text) if row.get("kind") in ("chat", "note", "ticket", "page") else ():
        _add(people, handle, "mentioned")


def _add(people: Register, name: str, deed: str, service: str = "") -> None:
    if not is_bot(name) and not is_group(name) and key_of(name):
        people.meet(name, deed, service)


def _introduce(people: Register, names: Sequence[str]) -> None:
    """All names that a record gives one person are theirs; somebody whom no row shows is met here."""
    if not names or any(is_bot(name) or is_group(name) for name in names):
        return
    telling = [name for name in names if len(key_of(name)) > 2 and name.lower() not in WORDS and re.search(r"[^\W\d]", name)]
    if telling:
        people.join(telling)
